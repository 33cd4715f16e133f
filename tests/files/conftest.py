"""A session without Qt, as the tests of the session have it."""

from tests.session.conftest import default, session

__all__ = ["default", "session"]
