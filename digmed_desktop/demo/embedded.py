"""The NHS's mesh-sandbox inside this process, with the mailboxes and endpoints of practice mode.

Imported only in the process of the practice MESH: the sandbox sets up logging for the whole process when
imported, and reads its settings from the environment.
"""

import asyncio
import logging
import os
import warnings
from base64 import b64decode, b64encode
from collections import defaultdict
from typing import Any

from digmed_desktop.demo.journal import Journal
from digmed_desktop.demo.world import World
from digmed_desktop.mesh.reports import words_of
from digmed_desktop.messaging.sending import InboxItem, Kind

LOST = "X9LOST"
"""The mailbox of messages for which MESH found no practice."""


class EmbeddedMesh:
    """A MESH in memory. ``app`` is its ASGI application."""

    def __init__(self, world: World, password: str, shared_key: str, journal: Journal) -> None:
        os.environ.update(AUTH_MODE="full", STORE_MODE="memory", SHARED_KEY=shared_key)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from mesh_sandbox import api, dependencies
            from mesh_sandbox.models.mailbox import Mailbox
        logging.disable(logging.CRITICAL)  # the sandbox logs addresses; a practice keeps no log
        self.app: Any = api.app
        self._messaging = dependencies.get_messaging()
        store = dependencies.get_store()
        owners = [
            (world.pharmacy_mailbox, world.pharmacy),
            *((p.mailbox, p.organisation) for p in world.practices),
        ]
        store.mailboxes.clear()
        store.endpoints.clear()
        for mailbox, owner in (*((m, o.ods_code) for m, o in owners if m), (LOST, "")):
            store.mailboxes[mailbox] = Mailbox(mailbox, mailbox, ods_code=owner, password=password)
            store.inboxes[mailbox], store.outboxes[mailbox] = [], []
            store.local_ids[mailbox] = defaultdict(list)
        for kind in Kind:
            for practice in world.practices:
                if practice.mailbox:
                    found = [store.mailboxes[practice.mailbox]]
                    store.endpoints[f"{practice.ods_code}/{kind.value}"] = found
            home = [store.mailboxes[world.pharmacy_mailbox]]
            store.endpoints[f"{world.pharmacy.ods_code}/{kind.answers_on}"] = home
        _remember(store, journal)

    async def give_back(self, item: InboxItem, code: str) -> None:
        """Take a message out of its mailbox and put the report of it into the sender's."""
        from fastapi import BackgroundTasks
        from mesh_sandbox.handlers.admin import AdminHandler
        from mesh_sandbox.models.message import MessageEvent, MessageStatus
        from mesh_sandbox.views.admin import CreateReportRequest

        words, tasks = words_of(code).title, BackgroundTasks()
        stored = await self._messaging.get_message(item.mesh_id)
        if stored is not None:
            event = MessageEvent(
                status=MessageStatus.UNDELIVERABLE, code=code, event="SEND", description=words
            )
            await self._messaging.add_message_event(stored, event, tasks)
        report = CreateReportRequest(
            mailbox_id=item.sender,
            code=code,
            description=words,
            workflow_id=item.workflow,
            local_id=item.local_id,
            linked_message_id=item.mesh_id,
            status=MessageStatus.UNDELIVERABLE if code == "14" else MessageStatus.ERROR,
        )
        await AdminHandler(self._messaging).create_report(report, tasks)


def _remember(store: Any, journal: Journal) -> None:
    """Fill a store of the sandbox with what the journal holds, and write down what is saved from now on."""
    from mesh_sandbox.models.message import Message
    from mesh_sandbox.store.serialisation import deserialise_model, serialise_model

    messages: dict[str, Any] = {}
    for kind, fields in journal.entries():
        if kind == "message":
            message = deserialise_model(fields["message"], Message)
            if message is not None:
                messages[message.message_id] = message
        elif kind == "body":
            store.chunks[fields["id"]] = [b64decode(fields["body"])]
    store.messages.update(messages)
    store._fill_boxes()  # noqa: SLF001  # as the sandbox does with what it loads itself
    save_message, save_chunk = store.save_message, store.save_chunk

    async def write_message(message: Any) -> None:
        await save_message(message)
        journal.write("message", message=serialise_model(message))

    async def write_chunk(message: Any, chunk_number: int, chunk: bytes | None) -> None:
        await save_chunk(message, chunk_number, chunk)
        if chunk is not None and chunk_number == 1:
            journal.write("body", id=message.message_id, body=b64encode(chunk).decode())

    store.save_message, store.save_chunk = write_message, write_chunk


class Office:
    """``rounds.PostOffice`` for the thread of the rounds, over the loop that serves the MESH."""

    def __init__(self, mesh: EmbeddedMesh, loop: asyncio.AbstractEventLoop) -> None:
        self._mesh = mesh
        self._loop = loop

    def report(self, item: InboxItem, code: str) -> None:
        """Take a message back and report it."""
        asyncio.run_coroutine_threadsafe(self._mesh.give_back(item, code), self._loop).result(60)
