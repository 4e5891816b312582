"""Which statuses are about a document, as the journal tells them."""

from __future__ import annotations

from bus.journal import Journal
from bus.journal.browse import Browse
from bus.journal.statuses import Reported
from tests.journals import accept, offered, recall, to
from tests.messages import RECIPIENT, SENDER, edoc, status

OTHER = "000.00.12.H62"


def reported(journal: Journal, *document_ids: str) -> list[Reported]:
    return Browse(journal.store).reported(document_ids)


class StatusRules:
    """Every status about a document is found, and told with what it said."""

    def test_a_status_is_told_with_all_it_said(self, journal: Journal) -> None:
        """Which document, who said what to whom, when by its own word and by ours."""
        accept(journal, edoc(document_id="VB-1"), to(RECIPIENT))
        body = status(document_id="VB-1", code="03", timestamp="2025/11/03 09:00:00", description="Đã vào sổ")
        receipt = accept(journal, body, offered(SENDER))

        assert reported(journal, "VB-1") == [
            Reported(
                document=(SENDER, "VB-1", 1),
                id=receipt.message_id,
                code="03",
                by=RECIPIENT,
                to=frozenset({SENDER}),
                timestamp="2025/11/03 09:00:00",
                description="Đã vào sổ",
                accepted_at=receipt.accepted_at,
            )
        ]

    def test_they_come_in_order_of_acceptance(self, journal: Journal) -> None:
        """Whatever their codes and their own times; a repeat of one is that one."""
        accept(journal, edoc(document_id="VB-1"), to(RECIPIENT))
        for code, hour in (("05", "11"), ("01", "09"), ("05", "11"), ("14", "10")):
            body = status(document_id="VB-1", code=code, timestamp=f"2025/11/03 {hour}:00:00")
            accept(journal, body, offered(SENDER))

        assert [one.code for one in reported(journal, "VB-1")] == ["05", "01", "14"]

    def test_many_documents_are_asked_about_at_once(self, journal: Journal) -> None:
        """Each status is told of its own document, also where two senders use one DocumentId."""
        for sender in (SENDER, OTHER):
            accept(journal, edoc(sender, document_id="same"), to(RECIPIENT))
            accept(journal, status(respond_to=sender, document_id="same"), offered(sender))
        accept(journal, edoc(document_id="VB-2"), to(RECIPIENT))
        accept(journal, status(document_id="VB-2", code="02"), offered(SENDER))
        accept(journal, status(document_id="never seen"), offered(SENDER))

        told = [(one.document, one.code) for one in reported(journal, "same", "VB-2", "never seen")]
        assert told == [((SENDER, "same", 1), "01"), ((OTHER, "same", 1), "01"), ((SENDER, "VB-2", 1), "02")]
        assert reported(journal) == []

    def test_a_document_under_a_freed_id_has_a_life_of_its_own(self, journal: Journal) -> None:
        """After a recall the DocumentId is used again: what was said of the first is not said of the second."""
        accept(journal, edoc(document_id="VB-1"), to(RECIPIENT))
        accept(journal, status(document_id="VB-1", code="01"), offered(SENDER))
        accept(journal, recall("VB-1"))
        accept(journal, edoc(document_id="VB-1", subject="V/v lần hai"), to(RECIPIENT))
        accept(journal, status(document_id="VB-1", code="05"), offered(SENDER))

        assert [(one.document[2], one.code) for one in reported(journal, "VB-1")] == [(1, "01"), (2, "05")]
