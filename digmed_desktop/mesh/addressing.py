"""Check what MESH's headers and URLs carry: addresses, ids and the subject, each in one place.

Limits are those of the MESH API specification: mex-to 100, mex-localid and mex-workflowid 300,
mex-subject 500.
"""

import re
from datetime import date

from digmed_desktop.messaging.errors import RefusedError
from digmed_desktop.messaging.plain_letters import plain_letters
from digmed_desktop.messaging.sending import Sending

TO_LIMIT = 100
LOCAL_ID_LIMIT = 300
WORKFLOW_LIMIT = 300
SUBJECT_LIMIT = 500
SIZE_LIMIT = 5 * 1024 * 1024
"""Bytes; ITK3 recommends 5 MB as the most that a receiver must take."""

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_]{1,64}")
_LOCAL_ID = re.compile(rf"[A-Za-z0-9_.\-]{{1,{LOCAL_ID_LIMIT}}}")
_WORKFLOW = re.compile(rf"[A-Za-z0-9_]{{1,{WORKFLOW_LIMIT}}}")
_ODS = re.compile(r"[A-Z0-9]{3,12}")
_ADDRESS = re.compile(rf"[A-Za-z0-9_ '.\-]{{1,{TO_LIMIT}}}")


def subject_header(subject: str) -> str:
    """Return a subject as it can travel in an HTTP header: ASCII, one line, at most 500 characters."""
    return plain_letters(subject)[:SUBJECT_LIMIT].rstrip()


def routing_date(born: date) -> str:
    """Return a date of birth as MESH's automatic routing wants it (MESH guidance hub): YYYYMMDD."""
    return f"{born:%Y%m%d}"


def automatic_address(nhs_number: str, born: date, family_name: str) -> str:
    """Return the address by which MESH finds the practice: ``GPPROVIDER_<NHS number>_<date>_<surname>``.

    The surname must be as on the Personal Demographics Service. How MESH treats accents and signs in it is
    not published: accents are taken off, and spaces, hyphens, apostrophes and full stops are kept. Raises
    RefusedError when a part is missing.
    """
    surname = re.sub(r"[^A-Za-z '.\-]", "", plain_letters(family_name)).strip()
    if not (re.fullmatch(r"[0-9]{10}", nhs_number) and surname):
        raise RefusedError(
            "MESH cannot find the practice without an NHS number and a surname.",
            "Complete the patient's details, or choose the practice.",
        )
    return f"GPPROVIDER_{nhs_number}_{routing_date(born)}_{surname}"[:TO_LIMIT].rstrip()


def is_message_id(text: str) -> bool:
    """Whether a MESH message id is of a shape that may go into a URL."""
    return bool(_MESSAGE_ID.fullmatch(text))


def checked_message_id(mesh_id: str) -> str:
    """Return a MESH message id that is safe in a URL; raises RefusedError for any other."""
    if not is_message_id(mesh_id):
        raise RefusedError("MESH gave a message id in an unknown format.", "Tell support.")
    return mesh_id


def is_local_id(text: str) -> bool:
    """Whether a local id is of a shape that may go into a header, a URL and the name of a file."""
    return bool(_LOCAL_ID.fullmatch(text)) and not text.startswith(".")


def checked_local_id(local_id: str) -> str:
    """Return a local id that is safe in a header and a URL; raises RefusedError for any other."""
    if not is_local_id(local_id):
        raise RefusedError("MESH does not accept a local id in this format.", "Tell support.")
    return local_id


def checked_ods(ods_code: str) -> str:
    """Return an ODS code in capitals, safe in a URL; raises RefusedError for what is none."""
    code = ods_code.strip().upper()
    if not _ODS.fullmatch(code):
        raise RefusedError("The practice's ODS code is not correct.", "Choose the practice again.")
    return code


def checked_workflow(workflow: str) -> str:
    """Return a workflow id that MESH can take; raises RefusedError for any other."""
    if not _WORKFLOW.fullmatch(workflow):
        raise RefusedError("The workflow id is not correct.", "Tell support.")
    return workflow


def check_sending(sending: Sending) -> None:
    """Raise RefusedError for a sending that MESH would refuse for its form, before anything is sent."""
    checked_local_id(sending.local_id)
    checked_workflow(sending.workflow)
    if sending.recipient and not _ADDRESS.fullmatch(sending.recipient):
        raise RefusedError("The MESH address of the practice is not correct.", "Choose the practice again.")
    if not sending.payload:
        raise RefusedError("There is no message to send.", "Tell support.", code="02")
    if len(sending.payload) > SIZE_LIMIT:
        raise RefusedError(
            "The message is larger than 5 MB, more than a practice has to accept.",
            "Send the practice a paper copy.",
        )
