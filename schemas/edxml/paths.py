"""Where things stand in a message, as paths of the standard's names; a repeated element has its place behind it."""

from __future__ import annotations

ROOT = "edXML"
ENVELOPE = f"{ROOT}/edXMLEnvelope"
HEADER = f"{ENVELOPE}/edXMLHeader"
MESSAGE = f"{HEADER}/MessageHeader"
TRACE = f"{HEADER}/TraceHeaderList"
BODY = f"{ENVELOPE}/edXMLBody"
MANIFEST = f"{BODY}/edXMLManifest"
REFERENCE = f"{MANIFEST}/Reference"
ATTACHMENTS = f"{ROOT}/AttachmentEncoded"
ATTACHMENT = f"{ATTACHMENTS}/Attachment"
