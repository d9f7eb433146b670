"""Keyrings of several tempers, chosen as keyring itself chooses: by name, or handed over."""

# ruff: noqa: ARG002 - the signatures are those of keyring's own backends

import threading
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Ring(KeyringBackend):
    """One that works, and keeps what it is given in memory."""

    priority = 5
    held: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service, username):
        return self.held.get((service, username))

    def set_password(self, service, username, password):
        self.held[service, username] = password

    def delete_password(self, service, username):
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError


class Locked(Ring):
    def get_password(self, service, username):
        raise KeyringLocked(f"locked: {service} {username}")

    def set_password(self, service, username, password):
        raise KeyringLocked(f"cannot keep {password}")


class Raising(Locked):
    """One whose errors repeat the secret."""

    def get_password(self, service, username):
        raise RuntimeError(self.held.get((service, username)))

    def set_password(self, service, username, password):
        raise RuntimeError(f"cannot keep {password}")


class Leaving(Locked):
    """One that ends whoever asks it."""

    def set_password(self, service, username, password):
        raise SystemExit(3)


class Forgetful(Ring):
    """One that takes everything and keeps nothing."""

    def set_password(self, service, username, password):
        pass


class Plain(Ring):
    """One that keyring ranks below those it recommends: it writes plain text."""

    priority = 0.5


class Hanging(Ring):
    """One that waits for somebody who never comes."""

    def get_password(self, service, username):
        threading.Event().wait()

    def set_password(self, service, username, password):
        threading.Event().wait()
