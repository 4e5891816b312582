"""What is wrong with a report, in the sender's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from bus.errors import Rejected
from schemas.report.problem import Problem
from schemas.report.rules import Verdict

Language = Literal["vi", "en"]
#: Of all that is wrong, so much is told.
MOST = 500


class ToldProblem(BaseModel):
    """One rule broken in one place."""

    rule: str = Field(examples=["report.total"])
    verdict: Verdict = Field(description="`refuse`, or `warn`: as the regime says", examples=["refuse"])
    sheet: str = Field(description="Of a spreadsheet", examples=["Biểu số liệu"])
    place: str = Field(description="The cell of the sheet", examples=["D13"])
    cell: str = Field(description="Row and column of the form", examples=["I.1/online"])
    text: str = Field(examples=["ô D13 (I.1/online): tổng ghi 131, cộng các thành phần được 130 [report.total]"])

    @classmethod
    def of(cls, one: Problem, language: Language) -> ToldProblem:
        """In that language."""
        return cls(
            rule=one.rule, verdict=one.verdict, sheet=one.sheet, place=one.place, cell=one.cell, text=one.text(language)
        )


def told(problems: Iterable[Problem], language: Language) -> list[ToldProblem]:
    """The first of them."""
    return [ToldProblem.of(one, language) for one in list(problems)[:MOST]]


def refusal(code: str, problems: Iterable[Problem], language: Language) -> Rejected:
    """A refusal that names all of them."""
    every = list(problems)
    shown = [one.model_dump(mode="json") for one in told(every, language)]
    return Rejected(code, every[0].text(language) if every else "", problems=shown, count=len(every))


async def _language(
    request: Request,
    lang: Annotated[
        Language | None, Query(description="Language of what is said of the report; else by Accept-Language")
    ] = None,
) -> Language:
    return lang or ("en" if request.headers.get("accept-language", "").lower().startswith("en") else "vi")


TheLanguage = Annotated[Language, Depends(_language)]
