"""What happens after a commit: the relay, the workers, the clock, and one file for each kind of job."""
