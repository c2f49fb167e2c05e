"""The parts of the workbench: values that move, drawings, forms, changes, workers and jobs."""

import asyncio
import os
import time
from itertools import combinations

import numpy as np
import pytest

import clientela as ct
from clientela.analysis.differences import apart
from clientela.analysis.glance import glance
from clientela.app import describing, tasks
from clientela.app.bench import Workbench
from clientela.app.changes import Changes, branch_of, kept, with_branch
from clientela.app.describing import at, fields, schema_of
from clientela.app.fragments import fragment
from clientela.app.guard import Door
from clientela.app.jobs import Job, Jobs
from clientela.app.network import network
from clientela.app.parameters import parameters
from clientela.app.spark import spark
from clientela.app.timeline import timeline
from clientela.app.workers import WorkerLostError, Workers
from clientela.app.workspace import Workspace
from clientela.reading import ReadingError, read_yaml


@pytest.fixture(scope="module")
def scenario():
    return ct.load("iraq-2021")


@pytest.fixture(scope="module")
def found(scenario):
    return glance(scenario, 400, 1)


# -- values that move ----------------------------------------------------------------------------


def test_every_value_can_be_moved_to_either_end_of_its_slider(scenario):
    every = parameters(scenario)
    assert len(every) > 150
    assert len({p.path for p in every}) == len(every)
    for end in ("least", "most"):
        changes = {p.path: getattr(p, end) for p in every}
        ct.load("iraq-2021", changes=changes)  # each is accepted, all together


def test_what_is_written_lies_on_the_slider(scenario):
    for p in parameters(scenario):
        assert p.least <= p.low <= p.median <= p.high <= p.most, p.path
        assert p.step > 0
        assert 100 <= p.span / p.step <= 1100, p.path
        assert p.name
        assert p.group


# -- drawings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("narrow", [False, True])
def test_no_two_actors_of_the_network_overlap_names_included(scenario, found, narrow):
    drawing = network(scenario, found.obedience, narrow)
    boxes = []
    for n in drawing.nodes:
        width = max([2 * n.radius, *(6.6 * len(line) for line in n.lines), 5.9 * len(n.caption)])
        height = 2 * n.radius + 15 * (len(n.lines) + bool(n.caption))
        boxes.append(
            (n.x - width / 2, n.y - n.radius, n.x + width / 2, n.y - n.radius + height, n.id)
        )
    for a, b in combinations(boxes, 2):
        overlap = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert min(overlap) <= 0, (a[4], b[4])
    assert all(x0 >= 0 and x1 <= drawing.width and y0 >= 0 and y1 <= drawing.height for x0, y0, x1, y1, _ in boxes)  # fmt: skip
    assert len(drawing.edges) == len(list(scenario.ties.each()))


def test_the_timeline_holds_what_is_past_scheduled_and_expected(scenario, found):
    line = timeline(scenario, [a for a in found.answers if a.shares is None])
    kinds = {row.kind for row in line.rows}
    assert kinds == {"past", "scheduled", "expected"}
    for row in line.rows:
        assert line.start <= row.first <= row.middle <= row.last <= line.end
        if row.kind == "past":
            assert row.last <= scenario.as_of
    assert 2 <= len(line.ticks) <= 7


def test_a_spark_ends_where_the_answer_is():
    drawn = spark([0.0, 0.1, 0.3])
    assert drawn.top == 0.5
    assert drawn.line.endswith(f"100.00,{40 - 38 * 0.3 / 0.5:.2f}")
    assert spark([0.0, 0.0]) is None


def test_what_an_analyst_writes_is_escaped_in_every_fragment():
    script = "<script>alert(1)</script>"
    for name, context in (
        ("notice", {"text": script, "kind": ""}),
        ("document", {"lines": [script], "cited": set()}),
        ("diff", {"lines": ["---", "+++", f"+{script}"]}),
        ("place", {"place": type("P", (), {"document": script, "paragraph": 1, "span": None, "words": script, "sha256": "0" * 64})}),
    ):  # fmt: skip
        made = fragment(name, **context)
        assert "<script" not in made
        assert "&lt;script&gt;" in made


# -- differences of runs drawn apart -----------------------------------------------------------------


def test_answers_drawn_apart_differ_with_the_error_of_both(scenario):
    one, two = glance(scenario, 400, 1).answers, glance(scenario, 400, 2).answers
    told = {(d.question, d.outcome): d for d in apart(one, two)}
    d = told["us-strike", "yes"]
    first, second = (next(a for a in x if a.id == "us-strike") for x in (one, two))
    half = np.hypot((first.high - first.low) / 2, (second.high - second.low) / 2)
    assert d.change == pytest.approx(second.probability - first.probability)
    assert (d.high - d.low) / 2 == pytest.approx(half)
    inside = [d.low <= 0 <= d.high for d in told.values() if d.low is not None]
    assert np.mean(inside) >= 0.8  # the same scenario, so most intervals hold no change at all


# -- forms and changes -------------------------------------------------------------------------------


def test_the_schema_says_what_may_stand_where():
    whole = schema_of("scenario")
    actor = {f.name: f for f in fields(whole, at(whole, ("actors", "iran")))}
    assert actor["kind"].look == "choice"
    assert "patron" in actor["kind"].choices
    assert actor["bloc"].look == "switch"
    assert actor["autonomy"].look == "value"
    assert actor["name"].required
    assert describing.described(whole, ("as_of",)).look == "date"
    assert describing.described(whole, ("mechanisms", "patronage")).look == "entries"
    assert fields(whole, at(whole, ("actors",))) == []
    claim = {f.name: f for f in fields(schema_of("evidence"), at(schema_of("evidence"), ("claims", "x")))}  # fmt: skip
    assert claim["stance"].choices == ("supports", "denies", "declines", "silent")


def test_changes_come_back_from_an_address_and_from_the_folder(tmp_path):
    file = tmp_path / "a.yaml"
    space = Workspace(tmp_path)
    changes = Changes("b", {"x.y": 0.5, "v": {"probability": 1.0}}, {"succession"})
    assert Changes.of_query(changes.as_query()) == changes
    changes.keep(space, "what-if", file)
    assert kept(space, "what-if", file) == changes
    assert kept(space, "chamber", file) == Changes()


@pytest.mark.parametrize(
    "asked", [{"c": "no json"}, {"c": "[1]"}, {}, {"b": "", "c": None, "w": ""}]
)
def test_an_address_that_says_nothing_changes_nothing(asked):
    assert not Changes.of_query(asked)


def test_a_branch_takes_what_it_started_from_with_it(scenario):
    branch = branch_of(scenario, Changes("strong-commander", {"actors.aah.autonomy": 0.2}), "T: x")
    assert branch == {"title": "T: x", "set": {"actors.aah.autonomy": 0.2}, "without": ["succession"]}  # fmt: skip
    text = with_branch(scenario.source.read_text(), "mine", branch)
    assert read_yaml("x", text).data["branches"]["mine"] == branch


# -- workers and jobs --------------------------------------------------------------------------------


def _die():
    os._exit(7)


def _die_once(path):
    if not path.exists():
        path.write_text("")
        os._exit(7)
    return "done"


def _fail():
    raise ReadingError([])


def test_a_worker_that_dies_is_replaced_and_its_task_repeated(tmp_path):
    async def course():
        workers = Workers(1)
        try:
            assert await workers.ask(_die_once, tmp_path / "mark") == "done"
            with pytest.raises(WorkerLostError, match="nothing that was written is lost"):
                await workers.ask(_die)
            assert await workers.ask(os.getpid) != os.getpid()
            with pytest.raises(ReadingError):
                await workers.ask(_fail)
        finally:
            workers.stop()

    asyncio.run(course())


def _slow(progress, path):
    for k in range(200):
        path.write_text(str(k))
        progress(k, 200)
        time.sleep(0.05)


def _quick(progress):
    progress(3, 3)


def _wrong(progress):
    raise ct.ReadingError([])


def _bug(progress):
    raise ZeroDivisionError("of ours")


def test_jobs_run_one_after_the_other_are_stopped_and_tell_why_they_failed(tmp_path, capfd):
    async def course():
        jobs = Jobs()
        slow = jobs.add(Job("slow", _slow, {"path": tmp_path / "k"}, 200))
        quick = jobs.add(Job("quick", _quick, {}, 3))
        wrong, bug = (jobs.add(Job("x", target, {}, 1)) for target in (_wrong, _bug))
        killed = jobs.add(Job("killed", _die_job, {}, 1))
        told = []
        jobs.finished.append(told.append)
        while slow.done < 3:
            await asyncio.sleep(0.05)
        assert quick.state == "waiting"
        jobs.cancel(slow)
        while len(told) < 5:
            await asyncio.sleep(0.05)
        return slow, quick, wrong, bug, killed

    slow, quick, wrong, bug, killed = asyncio.run(course())
    assert slow.state == "cancelled"
    assert int((tmp_path / "k").read_text()) < 199
    assert (quick.state, quick.share) == ("finished", 1.0)
    assert wrong.state == "failed"
    assert (bug.state, bug.message) == ("failed", "ZeroDivisionError: of ours")
    assert killed.state == "failed"
    assert "go on from them" in killed.message


def _die_job(progress):
    os._exit(9)


# -- the workbench -----------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path):
    space = Workspace(tmp_path)
    space.add_bundled("iraq-2021")
    made = Workbench(space, Door.at("127.0.0.1", 1))
    yield made
    made.stop()


def test_a_glance_drawn_side_by_side_is_that_of_one_process(bench):
    async def course():
        asked = bench.variation(bench.workspace.root / "iraq-2021.yaml")
        many = [bench.glance(asked, 300) for _ in range(20)]
        return await asyncio.gather(*many)

    answers = asyncio.run(course())
    assert len({id(a) for a in answers}) == 1  # twenty who ask the same are answered once
    whole = glance(ct.load(bench.workspace.root / "iraq-2021.yaml"), 300, 1)
    assert answers[0].answers == whole.answers


def test_a_change_that_does_not_hold_together_changes_nothing(bench):
    file = bench.workspace.root / "iraq-2021.yaml"
    before = file.read_text()

    async def course():
        await bench.amend(file, file, "me", lambda text: text.replace("kind: patron", "kind: nobody"))  # fmt: skip

    with pytest.raises(ReadingError, match="nobody"):
        asyncio.run(course())
    assert file.read_text() == before
    assert not bench.manuscript(file).unsaved


def test_a_change_leaves_edits_that_are_not_saved_to_who_made_them(bench):
    file = bench.workspace.root / "iraq-2021.yaml"
    before = file.read_text()

    async def course():
        m = bench.manuscript(file)
        m.edit("# mine\n" + m.text, m.revision, "me")
        return await bench.amend(file, file, "me", lambda text: with_branch(text, "b", {"title": "B"}))  # fmt: skip

    assert asyncio.run(course()) is False
    assert file.read_text() == before
    text = bench.manuscript(file).text
    assert text.startswith("# mine\n")
    assert "title: B" in text


def test_a_check_tells_of_unsaved_edits_of_both_files(bench):
    async def course():
        file = bench.workspace.root / "iraq-2021.yaml"
        evidence = bench.evidence(file)
        fine = await bench.check(file)
        m = bench.manuscript(evidence)
        m.edit(m.text.replace("stance: supports", "stance: shouts", 1), m.revision, "me")
        return fine, await bench.check(file)

    fine, wrong = asyncio.run(course())
    assert fine.problems == ()
    assert fine.findings.stability.radius < 1
    assert any("shouts" in p.message and p.line and p.file.endswith("evidence.yaml") for p in wrong.problems)  # fmt: skip


def test_a_run_is_drawn_and_taken_up_again(tmp_path):
    file = Workspace(tmp_path).add_bundled("iraq-2021")
    asked = tasks.Variation(file, "now")
    told = []
    for _ in range(2):
        tasks.drawn([(asked, tmp_path / "run")], 200, 1, lambda *seen: told.append(seen))
    assert told == [(200, 200), (200, 200)]
    assert ct.open_run(tmp_path / "run").taken_up == 0
    assert tasks.differing(tmp_path / "run", tmp_path / "run")[0].change == 0.0
