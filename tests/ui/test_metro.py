"""The metro map: everything of the curriculum is on it, nothing covers anything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from lxml import etree

from corpus import Curriculum, Station
from corpus.loader import LINE_TITLES
from corpus.metromap import path_to
from index.search import Index
from ui.metro import draw
from ui.metro.lying import lying
from ui.metro.plan import MapData, Plan
from ui.metro.shapes import Box, Label, around, broken, rounded, spaced
from ui.metro.upright import upright

Layout = Callable[[MapData, Sequence[str]], Plan]
SVG = "{http://www.w3.org/2000/svg}"
TITLES = list(LINE_TITLES.values())

both = pytest.mark.parametrize("layout", [upright, lying], ids=["upright", "lying"])
both_drawn = pytest.mark.parametrize("wide", [False, True], ids=["upright", "lying"])


def text_box(label: Label) -> Box:
    """Where a label may reach in a wide font: 0.6 of its size for every letter."""
    wide = 0.6 * label.size * max(map(len, label.lines))
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    bottom = label.y + (len(label.lines) - 1) * label.step + 0.25 * label.size
    return Box(left, label.y - 0.75 * label.size, left + wide, bottom)


def needing(curriculum: Curriculum, more: dict[int, tuple[str, ...]]) -> Curriculum:
    """The curriculum with further prerequisites."""
    stations = tuple(
        replace(s, prerequisites=s.prerequisites + more.get(s.number or 0, ()))
        for s in curriculum.stations
    )
    return replace(curriculum, stations=stations)


def grown(curriculum: Curriculum) -> Curriculum:
    """The curriculum with a longer title, another station, and more companions."""
    *stations, last = curriculum.stations
    stations[5] = replace(stations[5], title="Fine-Tuning Data Preparation and its Deduplication")
    new = replace(last, id="more", number=19, title="Another Station", prerequisites=(last.id,))
    hung = replace(curriculum.companions[3], id="hung", title="Sparse Autoencoders", near=10)
    return replace(
        curriculum,
        stations=(*stations, last, new),
        companions=(*curriculum.companions, hung),
    )


FURTHER = {7: ("llm-foundations",), 9: ("fine-tuning-data",), 14: ("pre-training",)}


# Geometry


@both
@pytest.mark.parametrize("changed", [False, True], ids=["bundled", "grown"])
def test_labels_dots_boards_and_legend_keep_apart(
    layout: Layout, changed: bool, curriculum: Curriculum
) -> None:
    plan = layout(grown(curriculum) if changed else curriculum, TITLES)
    boxes = {f"label {s.station.id}": text_box(s.label) for s in plan.stops}
    boxes |= {f"dot {s.station.id}": s.dot for s in plan.stops}
    boxes |= {f"board {t.line}": t.board for t in plan.tracks} | {"legend": plan.legend.box}
    assert [(a, b) for a, b in combinations(boxes, 2) if boxes[a].overlaps(boxes[b])] == []
    inside = Box(0, 0, *plan.size)
    outside = [
        name
        for name, box in boxes.items()
        if not (inside.holds((box.left, box.top)) and inside.holds((box.right, box.bottom)))
    ]
    assert outside == []


@both
def test_no_line_runs_through_a_label(layout: Layout, curriculum: Curriculum) -> None:
    plan = layout(needing(curriculum, FURTHER), TITLES)
    ways = {f"track {t.line}": (t.points, 4.5) for t in plan.tracks}
    ways |= {f"spur {n}": (list(spur), 1.3) for n, spur in enumerate(plan.spurs)}
    ways |= {
        f"need {need.before.id} {need.after.id}": (list(need.points), 1.0)
        for need in plan.needs
        if not need.on_track
    }
    crossed = [
        (name, stop.station.id)
        for name, (points, half) in ways.items()
        for stop in plan.stops
        if any(around([p], half).overlaps(text_box(stop.label)) for p in spaced(points, 1))
    ]
    assert crossed == []


@both
def test_a_further_prerequisite_goes_around_the_other_stops(
    layout: Layout, curriculum: Curriculum
) -> None:
    plan = layout(needing(curriculum, FURTHER), TITLES)
    dots = {stop.station.id: stop.dot for stop in plan.stops}
    for need in (need for need in plan.needs if not need.on_track):
        met = [id_ for id_, dot in dots.items() if any(map(dot.holds, spaced(need.points, 1)))]
        assert met == []
        # It starts at the one and its head ends at the other.
        assert dots[need.before.id].grown(4).holds(need.points[0])
        assert dots[need.after.id].grown(9).holds(need.points[-1])
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(need.points))


@both
def test_tracks_turn_by_45_and_90_degrees_only(layout: Layout, curriculum: Curriculum) -> None:
    for track in layout(curriculum, TITLES).tracks:
        for (x, y), (to_x, to_y) in pairwise(track.points):
            aside, down = abs(to_x - x), abs(to_y - y)
            assert min(aside, down) < 1e-6 or abs(aside - down) < 1e-6, track.line


@both
def test_stations_lie_on_their_line_in_order(layout: Layout, curriculum: Curriculum) -> None:
    plan = layout(curriculum, TITLES)
    places = {stop.station.id: stop.at for stop in plan.stops}
    for track in plan.tracks:
        own = [s for s in curriculum.stations if s.line == track.line]
        met = [track.points.index(places[s.id]) for s in own]
        assert met == sorted(met)


@both
def test_lines_meet_in_a_capsule(layout: Layout, curriculum: Curriculum) -> None:
    plan = layout(curriculum, TITLES)
    [capsule] = [stop for stop in plan.stops if stop.ends]
    assert capsule.station.number == 3
    assert all(any(capsule.dot.holds(point) for point in track.points) for track in plan.tracks)


@pytest.mark.parametrize("wide", [False, True], ids=["upright", "lying"])
def test_what_is_hit_is_large_enough_and_of_one_stop(wide: bool, curriculum: Curriculum) -> None:
    hits = {key: hit_box(stop) for key, stop in buttons(draw(curriculum, wide=wide)).items()}
    assert len(hits) == 28
    # WCAG 2.2, target size: 24 by 24.
    assert [k for k, b in hits.items() if min(b.right - b.left, b.bottom - b.top) < 24] == []
    assert [(a, b) for a, b in combinations(hits, 2) if hits[a].overlaps(hits[b])] == []


def hit_box(stop: etree._Element) -> Box:
    rect = next(r for r in stop.iterfind(f"{SVG}rect") if classes(r) == ["hit"])
    x, y, wide, high = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + wide, y + high)


def test_the_upright_map_fits_a_pane_and_the_lying_one_a_dialog(curriculum: Curriculum) -> None:
    assert upright(curriculum, TITLES).size[0] == 360
    assert lying(curriculum, TITLES).size[0] == 1100


def test_a_curriculum_of_one_line_is_drawn_too(curriculum: Curriculum) -> None:
    trunk = replace(curriculum, stations=curriculum.stations[:3], companions=())
    for wide in (False, True):
        assert numbers(draw(trunk, wide=wide)) == [1, 2, 3]
    alone = replace(trunk, stations=curriculum.stations[:1])
    assert numbers(draw(alone)) == numbers(draw(alone, wide=True)) == [1]


# Shapes


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("Alignment", 100, ("Alignment",)),
        ("Neural Nets & LLMs", 90, ("Neural Nets", "& LLMs")),
        (
            "Retrieval Augmented Generation (RAG)",
            130,
            ("Retrieval", "Augmented", "Generation (RAG)"),
        ),
        ("Hyperparameters of", 20, ("Hyperparameters", "of")),
    ],
)
def test_a_title_is_broken_into_even_lines(text: str, room: float, lines: tuple[str, ...]) -> None:
    assert broken(text, room, 13) == lines


def test_corners_are_rounded() -> None:
    assert rounded([(0, 0), (50, 0), (50, 50)], 10) == "M0 0L40 0Q50 0 50 10L50 50"


# The drawing


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def buttons(svg: str) -> dict[str, etree._Element]:
    """The stops of a drawing by number or id."""
    found = parsed(svg).iterfind(f".//{SVG}g[@role='button']")
    return {g.get("data-station") or g.get("data-companion") or "": g for g in found}


def written(svg: str) -> dict[str, etree._Element]:
    """What stands beside each button, for the eye alone."""
    beside = {key: button.getnext() for key, button in buttons(svg).items()}
    assert all(g is not None and g.get("aria-hidden") == "true" for g in beside.values())
    return {key: g for key, g in beside.items() if g is not None}


def numbers(svg: str) -> list[int]:
    return [int(key) for key in buttons(svg) if key.isdigit()]


def classes(element: etree._Element) -> list[str]:
    return (element.get("class") or "").split()


@both_drawn
def test_every_station_companion_and_line_is_on_the_map(wide: bool, curriculum: Curriculum) -> None:
    svg = draw(curriculum, wide=wide)
    stops, labels = buttons(svg), written(svg)
    assert numbers(svg) == list(range(1, 19))
    assert set(stops) - set(map(str, range(1, 19))) == {c.id for c in curriculum.companions}
    boards = ["".join(g.itertext()) for g in parsed(svg).iterfind(f".//{SVG}g") if is_board(g)]
    assert boards == ["FFoundational line", "SGenAI Scientist line", "EGenAI Engineer line"]
    for station in (*curriculum.stations, *curriculum.companions):
        stop = stops[str(station.number or station.id)]
        beside = labels[str(station.number or station.id)]
        shown = " ".join(t.text or "" for t in beside.iter(f"{SVG}tspan"))
        assert shown == station.title
        assert station.line in classes(stop)
        assert stop.get("tabindex") == "0"


def is_board(group: etree._Element) -> bool:
    return "board" in classes(group)


@both_drawn
def test_companions_show_the_letter_of_their_line(wide: bool, curriculum: Curriculum) -> None:
    stops = written(draw(curriculum, wide=wide))
    letters = {c.id: (stops[c.id].findtext(f"{SVG}text"), c.line) for c in curriculum.companions}
    assert all(letter == line[0].upper() for letter, line in letters.values())
    assert letters["hallucination-and-bias"] == ("E", "engineer")


def needs(svg: str, kind: str = "need") -> set[tuple[str, str]]:
    found = [g for g in parsed(svg).iterfind(f".//{SVG}g") if kind in classes(g)]
    return {(g.get("data-from", ""), g.get("data-to", "")) for g in found}


def prerequisites(stations: Sequence[Station]) -> set[tuple[str, str]]:
    by_id = {s.id: str(s.number) for s in stations}
    return {(by_id[before], str(s.number)) for s in stations for before in s.prerequisites}


@both_drawn
@pytest.mark.parametrize("more", [{}, FURTHER], ids=["bundled", "further"])
def test_prerequisites_are_those_of_the_curriculum(
    wide: bool, more: dict[int, tuple[str, ...]], curriculum: Curriculum
) -> None:
    changed = needing(curriculum, more)
    svg = draw(changed, wide=wide)
    assert needs(svg) == prerequisites(changed.stations)
    # Dashed arrows, and their sign in the legend, only where a track does not say it.
    assert svg.count('class="further"') == (len(more) + 1 if more else 0)


@both_drawn
def test_the_way_to_the_chosen_station_is_drawn(wide: bool, curriculum: Curriculum) -> None:
    target = curriculum.stations[13]
    way = needs(draw(curriculum, chosen=14, wide=wide), "way")
    assert way == prerequisites([*path_to(target, curriculum.stations), target])
    assert way == {("1", "2"), ("2", "3"), ("3", "12"), ("12", "13"), ("13", "14")}


def test_nothing_is_lit_or_chosen_unless_told(curriculum: Curriculum) -> None:
    svg = draw(curriculum)
    assert "aria-current" not in svg
    assert not any(set(classes(g)) & {"cited", "visited", "chosen"} for g in buttons(svg).values())


def test_a_cited_stop_glows_and_says_so(curriculum: Curriculum) -> None:
    stops = buttons(draw(curriculum, {7: "cited", "parameters": "cited"}))
    told = {
        key for key, g in stops.items() if "cited in this answer" in (g.get("aria-label") or "")
    }
    assert told == {"7", "parameters"} == {k for k, g in stops.items() if "cited" in classes(g)}
    assert stops["7"].get("aria-label") == (
        "Station 7: Supervised Fine-Tuning, GenAI Scientist line, cited in this answer"
    )
    assert [classes(e) for e in stops["7"].iter() if "glow" in classes(e)]
    signs = written(draw(curriculum, {7: "cited"}))
    assert [classes(e) for e in signs["7"].iter() if "quote" in classes(e)]
    assert not signs["8"].findall(f"{SVG}g")


def test_a_visited_stop_has_a_tick_and_no_glow(curriculum: Curriculum) -> None:
    svg = draw(curriculum, {2: "visited"})
    stop = buttons(svg)["2"]
    kinds = {kind for g in (stop, written(svg)["2"]) for e in g.iter() for kind in classes(e)}
    assert "tick" in kinds
    assert "glow" not in kinds
    assert (stop.get("aria-label") or "").endswith("Foundational line, visited")


@pytest.mark.parametrize("chosen", [7, "interpretability"])
def test_the_chosen_stop_has_a_ring(chosen: int | str, curriculum: Curriculum) -> None:
    stops = buttons(draw(curriculum, chosen=chosen))
    assert [key for key, g in stops.items() if g.get("aria-current")] == [str(chosen)]
    ringed = [
        key for key, g in stops.items() if any("ring" in classes(element) for element in g.iter())
    ]
    assert ringed == [str(chosen)]


@both_drawn
def test_titles_are_text_whatever_they_hold(wide: bool, curriculum: Curriculum) -> None:
    evil = "<script>alert(1)</script> \" onfocus='alert(2)' &amp; ]]>"
    stations = (replace(curriculum.stations[0], title=evil), *curriculum.stations[1:])
    companions = (replace(curriculum.companions[0], title=evil), *curriculum.companions[1:])
    svg = draw(replace(curriculum, stations=stations, companions=companions), wide=wide)
    tags = {etree.QName(element).localname for element in parsed(svg).iter()}
    assert tags == {"svg", "g", "path", "rect", "circle", "text", "tspan"}
    assert evil in (buttons(svg)["1"].get("aria-label") or "")
    assert " ".join(t.text or "" for t in written(svg)["1"].iter(f"{SVG}tspan")) == evil


@both_drawn
def test_the_drawing_holds_no_script_style_id_or_address(
    wide: bool, curriculum: Curriculum
) -> None:
    root = parsed(draw(curriculum, {7: "cited", 8: "visited"}, 7, wide=wide))
    names = {name for element in root.iter() for name in element.attrib}
    # No ids: both layouts may stand in one page.
    assert names == {
        "class", "role", "viewBox", "aria-label", "aria-hidden", "aria-current", "tabindex",
        "data-station", "data-companion", "data-from", "data-to", "d", "x", "y", "width", "height",
        "rx", "cx", "cy", "r",
    }  # fmt: skip


def test_the_catalogue_of_an_index_is_drawn_like_the_curriculum(
    index: Index, curriculum: Curriculum
) -> None:
    assert draw(index.catalogue, {7: "cited"}, 7) == draw(curriculum, {7: "cited"}, 7)
