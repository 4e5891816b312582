"""The MessageHeader of a document."""

from __future__ import annotations

from schemas.edxml.models.block import Block, Needed
from schemas.edxml.models.people import Organ
from schemas.edxml.values import Count, Day, OrganCode, PriorityCode, SteeringCode, TrueFalse


class Code(Block):
    """Number and symbol, apart: ``15`` and ``QĐ-UBND``. See :mod:`schemas.edxml.number`."""

    code_number: Needed[str] = ""
    code_notation: Needed[str] = ""


class PromulgationInfo(Block):
    """Where and when the document was issued."""

    place: Needed[str] = ""
    promulgation_date: Needed[Day] = None


class DocumentType(Block):
    """``type`` 1 legal, 2 administrative; ``type_detail`` the index in the annex. See ``document_types``."""

    type: Needed[Count] = None
    type_detail: Count = None
    type_name: Needed[str] = ""


class SignerInfo(Block):
    """Who signed; ``competence`` is TM., KT., TL., TUQ. or Q."""

    competence: str = ""
    position: str = ""
    full_name: Needed[str] = ""


class Appendixes(Block):
    """The names of appendices."""

    appendix: Needed[tuple[str, ...]] = ()


class OtherInfo(Block):
    """Urgency and particulars of print; the last three are of the axis's software, not of the standard."""

    priority: PriorityCode = None
    sphere_of_promulgation: str = ""
    typer_notation: str = ""
    promulgation_amount: Count = None
    page_amount: Count = None
    direction: TrueFalse = None
    appendixes: Appendixes | None = None
    reply_fors: str = ""
    reference_codes: str = ""


class ResponseFor(Block):
    """A document this one answers; ``code`` is number and symbol in one string.

    ``code`` and ``promulgation_date`` repeat what that document said, and are absent where it said nothing.
    """

    organ_id: Needed[OrganCode] = ""
    code: str = ""
    document_id: Needed[str] = ""
    promulgation_date: Day = None


class ToPlaces(Block):
    """The lines of "nơi nhận" other than the main recipients."""

    place: Needed[tuple[str, ...]] = ()


class ResponseForTask(Block):
    """The tasks this document reports on; an addition of the axis's software."""

    task_code: Needed[tuple[str, ...]] = ()


class MessageHeader(Block):
    """What a document says about itself. ``document_id`` is opaque, whatever date seems to stand in it."""

    from_: Organ
    to: Needed[tuple[Organ, ...]] = ()
    document_id: Needed[str]
    code: Needed[Code | None] = None
    promulgation_info: Needed[PromulgationInfo | None] = None
    document_type: Needed[DocumentType | None] = None
    subject: Needed[str] = ""
    content: str = ""
    signer_info: Needed[SignerInfo | None] = None
    due_date: Day = None
    other_info: OtherInfo | None = None
    response_for: tuple[ResponseFor, ...] = ()
    steering_type: SteeringCode = None
    to_places: ToPlaces | None = None
    response_for_task: ResponseForTask | None = None
    application_type: str = ""
