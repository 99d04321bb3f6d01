"""The threads that keep a process fresh: one looks every second, one listens for hints."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

import redis
from django.db import connections

CHANNEL = "firstline:releases"
SHORTEST = 0.1  # seconds between two looks, however many hints come
PATIENCE = 5.0  # seconds until Redis is tried again
TIMEOUT = 2.0

logger = logging.getLogger(__name__)


class Look(Protocol):
    def __call__(self, *, in_background: bool = True) -> None: ...


class Refresher:
    """Looks every `seconds`, and at once when woken or when a hint comes through Redis.

    Losing Redis costs up to `seconds`, nothing else.
    """

    def __init__(self, *, look: Look, seconds: float, redis_url: str = "") -> None:
        self._look = look
        self._seconds = seconds
        self._redis_url = redis_url
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        runs = [self._look_for_ever] + ([self._listen_for_ever] if self._redis_url else [])
        for run in runs:
            thread = threading.Thread(target=run, name="releases", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()
        for thread in self._threads:
            thread.join(TIMEOUT * 2)

    def wake(self) -> None:
        self._woken.set()

    def _look_for_ever(self) -> None:
        while not self._stopped.wait(SHORTEST):
            self._woken.wait(self._seconds - SHORTEST)
            self._woken.clear()
            if not self._stopped.is_set():
                self._look_once()
        connections.close_all()

    def _look_once(self) -> None:
        try:
            self._look()
        except Exception:  # a thread that dies would leave this process behind for good
            logger.exception("looking for live releases failed, trying again")
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close_if_unusable_or_obsolete()

    def _listen_for_ever(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except (redis.exceptions.RedisError, OSError):
                self._stopped.wait(PATIENCE)

    def _listen(self) -> None:
        with (
            redis.Redis.from_url(self._redis_url, socket_connect_timeout=TIMEOUT) as client,
            client.pubsub(ignore_subscribe_messages=True) as channel,
        ):
            channel.subscribe(CHANNEL)
            while not self._stopped.is_set():
                if channel.get_message(timeout=TIMEOUT):
                    self._woken.set()


def send_hint(url: str) -> None:
    """Tells every process of every machine to look now; nothing depends on it."""
    try:
        with redis.Redis.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
        ) as client:
            client.publish(CHANNEL, "look")
    except (redis.exceptions.RedisError, OSError) as error:
        logger.info("no hint sent, processes look by themselves", extra={"error": str(error)})
