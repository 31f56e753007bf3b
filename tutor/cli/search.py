"""``tutor search``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import UsageError
from tutor.cli.lines import answer_lines
from tutor.cli.options import AtStation, Json, JsonLines, Only, utf8_output

if TYPE_CHECKING:
    from index import Hit
    from index.search import Scope
    from tutor.answer import Tutor


def search(
    query: Annotated[list[str] | None, typer.Argument(help="What to look for.")] = None,
    json_: Json = False,
    jsonl: JsonLines = False,
    k: Annotated[int, typer.Option("-k", help="How many hits.", min=1, max=50)] = 5,
    only: Only = None,
    station: AtStation = None,
) -> None:
    """Show the passages that answer a question best, without answering."""
    from tutor.app import open_tutor
    from tutor.asking import scope_of
    from tutor.settings import load_settings

    utf8_output()
    if not jsonl and not query:
        raise UsageError('nothing to look for; try: tutor search "attention"')
    scope = scope_of(only, station)
    tutor = open_tutor(load_settings(), lambda line: print(line, file=sys.stderr))
    if jsonl:
        answer_lines(lambda asked: _found(tutor, asked["question"], k, asked.get("id"), scope))
        return
    found = _found(tutor, " ".join(query or []), k, None, scope)
    if json_:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        return
    for hit in found["hits"]:
        place = f" (station {hit['station']})" if hit["station"] else ""
        sys.stdout.write(f"{hit['rank']}. {hit['section']}{place}  {hit['score']}\n")
        sys.stdout.write(f"   {' '.join(hit['text'].split())[:240]}\n")


def _found(tutor: Tutor, query: str, k: int, query_id: Any, scope: Scope) -> dict[str, Any]:
    found = tutor.search(query, k, scope)
    timings = {name: round(value, 1) for name, value in found.timings_ms.items()}
    return {
        "id": query_id,
        "query": query,
        "hits": [_hit(hit) for hit in found.hits],
        "timings_ms": {**timings, "total": round(sum(found.timings_ms.values()), 1)},
    }


def _hit(hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    return {
        "rank": hit.rank,
        "chunk_id": chunk.id,
        "document_id": chunk.document_id,
        "title": chunk.title,
        "section": chunk.section,
        "topic": chunk.topic,
        "station": chunk.station,
        "url": chunk.url,
        "urls": list(chunk.urls),
        "page": chunk.page,
        "text": chunk.text,
        "start": chunk.start,
        "end": chunk.end,
        "score": round(hit.score, 4),
    }
