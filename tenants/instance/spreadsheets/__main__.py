"""The reading child: limits on itself first, then limits line and file from stdin, then the outcome to stdout."""

import json
import resource
import sys

from tenants.instance.spreadsheets.child import OUT_OF_MEMORY
from tenants.instance.spreadsheets.limits import Limits
from tenants.instance.spreadsheets.messages import to_message
from tenants.instance.spreadsheets.reading import read_table_here


def main() -> int:
    limits = Limits(**json.loads(sys.stdin.buffer.readline()))
    confine(limits)
    try:
        message = to_message(read_table_here(sys.stdin.buffer.read(), limits))
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.buffer.write(message)
    return 0


def confine(limits: Limits) -> None:
    """No more memory or processor time than allowed, no file written, no core dumped, no child of its own."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
