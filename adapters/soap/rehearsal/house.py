"""How a partner that speaks SOAP misbehaves: as any does, and with envelopes in which items are nil or lie about themselves."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from adapters.http.rehearsal.house import PartnerHouse
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Play, Reply
from adapters.soap.rehearsal.paper import NIL, Node, written

_BOM = b"\xef\xbb\xbf"


class SoapHouse(PartnerHouse):
    """A partner of the rehearsal whose answers are XML."""

    def meet(self, asked: Asked, order: Order) -> Play:
        if order.mode not in {Mode.NULLS, Mode.LIES, Mode.WRAPPED} or not asked.call:
            return super().meet(asked, order)
        reply = self.partner.answer(asked)
        if order.mode is Mode.WRAPPED or not isinstance(reply.body, bytes) or "multipart" in reply.content_type:
            return Play(reply)  # there is no JSON to wrap, and parts are not looked into
        root = etree.fromstring(reply.body, etree.XMLParser(resolve_entities=False, huge_tree=True))
        return Play(_nils(reply, root, self.partner.needed) if order.mode is Mode.NULLS else _lies(reply, root))


def _nils(reply: Reply, root: Node, needed: frozenset[str]) -> Reply:
    """An item before the first is nil, and members of the others that need not be there are."""
    for items in root.iter("{*}items"):
        for item in items:
            for member in [one for one in item if etree.QName(one).localname not in needed]:
                member.text = None
                member.set(NIL, "true")
        if len(items):
            items.insert(0, etree.Element(items[0].tag, {NIL: "1"}))
    return replace(reply, body=written(root))


def _lies(reply: Reply, root: Node) -> Reply:
    """A BOM before it, ``text/plain``, a comment and an element nobody knows in each, and blanks around texts."""
    for node in list(root.iter("{*}code", "{*}docId", "{*}status")):
        node.text = f"\n  {node.text or ''}\n"
        node.addnext(etree.Element("{urn:nobody}extra"))
    root.insert(0, etree.Comment("không ai hiểu"))
    return replace(reply, body=_BOM + etree.tostring(root, encoding="utf-8"), content_type="text/plain")
