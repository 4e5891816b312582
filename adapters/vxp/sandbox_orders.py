"""What the axis's sandbox can be told: an order as any played partner, and habits it keeps until told otherwise."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from adapters.http.rehearsal.orders import Order


class Habits(BaseModel):
    """What real axes were seen to do, or may do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Recipients are read from the document and not from the call.
    ignore_to: bool = False
    #: The sender gets a copy of its own document.
    echo: bool = False
    #: A TraceHeader is added to what is handed out.
    hops: bool = False
    #: A document that is sent again is another one; else the same bytes get the same DocId.
    duplicates: bool = False
    #: What was acked comes once more, under another docId.
    repeats: bool = False
    #: Sent items are listed also without a docId.
    lists_sent: bool = True
    #: Calls signed by a clock further off than so many seconds are refused; None: whatever they say.
    skew: Annotated[float, Field(ge=0)] | None = None


class Control(BaseModel):
    """The body of ``POST /_control``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order: Order | None = None
    habits: Habits | None = None
