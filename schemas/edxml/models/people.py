"""Agencies and persons."""

from __future__ import annotations

from schemas.edxml.models.block import Block, Needed
from schemas.edxml.values import OrganCode


class Organ(Block):
    """An agency as From and To name it."""

    organ_id: Needed[OrganCode] = ""
    #: The agency above it; name in most messages, code in some.
    organization_in_charge: str = ""
    organ_name: str = ""
    organ_add: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


class StaffInfo(Block):
    """The person to ask."""

    department: str = ""
    staff: str = ""
    email: str = ""
    mobile: str = ""
    department_id: str = ""
    staff_id: str = ""
