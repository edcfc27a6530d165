"""What gunicorn serves: the application, made once before it forks, with nothing left to do for a first page."""

import gc

from flask import Flask

from web.app import create_app


def application() -> Flask:
    """For `gunicorn --preload`: what is loaded here all processes share."""
    app = create_app()
    if app.extensions["settings"].environment == "production":
        compile_templates(app)
    settle()
    return app


def compile_templates(app: Flask) -> None:
    """Every page's template: takes a second or two; one that cannot be read ends the start and not a request."""
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith("web/")):
        app.jinja_env.get_template(name)


def settle() -> None:
    """Keep the collector from looking through all that is loaded again and again: 10 to 30 ms a page."""
    gc.collect()
    gc.freeze()
