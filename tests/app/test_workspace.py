"""The open folder: what is in it is found, and nothing outside it is reached."""

import json

import pytest

from clientela import load
from clientela.app.opening import OpeningError, claimed, opened
from clientela.app.workspace import OutsideError, Workspace
from clientela.reading import ReadingError


@pytest.fixture
def space(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "secret.yaml").write_text("scenario: secret\nactors: {}\n")
    (tmp_path / "secret.txt").write_text("secret\n")
    return Workspace(tmp_path / "open")


@pytest.mark.parametrize(
    "name",
    ["../secret.yaml", "/etc/passwd", "a/../../secret.yaml", ".", "", "..", "a\0b", "link.yaml"],
)  # fmt: skip
def test_nothing_outside_the_folder_is_reached(space, name):
    (space.root / "link.yaml").symlink_to(space.root.parent / "secret.yaml")
    with pytest.raises(OutsideError):
        space.within(name)


def test_an_evidence_file_outside_the_folder_is_refused(space):
    space.add_starter("a")
    file = space.root / "a.yaml"
    file.write_text(file.read_text().replace("as_of:", "evidence: ../secret.yaml\nas_of:", 1))
    with pytest.raises(OutsideError, match="does not lie in the folder"):
        space.beside(file)


def test_documents_are_known_by_their_content_and_links_out_are_not_followed(space):
    (space.root / "documents").mkdir()
    (space.root / "documents" / "a.txt").write_text("words\n")
    (space.root / "link.txt").symlink_to(space.root.parent / "secret.txt")
    assert [path.name for path in space.documents().values()] == ["a.txt"]


def test_scenarios_are_found_and_other_files_are_not(space):
    space.add_bundled("iraq-2021")
    space.add_starter("mine")
    (space.root / "broken.yaml").write_text("scenario: broken\nactors: [\n")
    (space.root / "other.yaml").write_text("just: data\n")
    (space.root / ".hidden").mkdir()
    (space.root / ".hidden" / "x.yaml").write_text("scenario: x\nactors: {}\n")
    found = {s.name: s.title for s in space.scenarios()}
    assert list(found) == ["broken", "iraq-2021", "mine"]
    assert found["broken"] == "broken (cannot be read)"


def test_a_bundled_scenario_is_copied_with_its_files_and_kept_if_it_is_there(space):
    path = space.add_bundled("iraq-2021")
    scenario = load(path)
    assert scenario.ledger.claims
    assert scenario.evidence == "iraq-2021-evidence.yaml"
    assert scenario.questions == load("iraq-2021").questions
    path.write_text("mine\n")
    space.add_bundled("iraq-2021")
    assert path.read_text() == "mine\n"


def test_a_starter_is_not_written_over(space):
    space.add_starter("mine")
    with pytest.raises(FileExistsError):
        space.add_starter("mine")


def test_runs_are_read_from_their_manifests_and_what_is_none_is_left_out(space):
    for name, content in {
        "good": {"identity": {"scenario": "a", "seed": 3}, "finished": True, "draws": 10, "branch": "b",
                 "changes": {"x.y": 1}, "without": ["succession"], "scenario_digest": "d"},
        "other": {"identity": {"scenario": "z", "seed": 1}, "finished": False},
        "bad": {"identity": 3},
    }.items():  # fmt: skip
        (space.runs_folder / name).mkdir(parents=True)
        (space.runs_folder / name / "manifest.json").write_text(json.dumps(content))
    (run,) = space.runs("a")
    assert (run.seed, run.draws, run.finished, run.plain) == (3, 10, True, False)
    assert run.what == "branch b, x.y = 1, without succession"
    assert {r.scenario for r in space.runs()} == {"a", "z"}


# -- what serve is pointed at --------------------------------------------------------------------


def test_serve_opens_a_folder_a_file_or_a_bundled_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert opened(".") == tmp_path
    (tmp_path / "a.yaml").write_text("x: 1\n")
    assert opened("a.yaml") == tmp_path
    assert opened("iraq-2021") == tmp_path / "iraq-2021"
    assert (tmp_path / "iraq-2021" / "iraq-2021.yaml").is_file()
    assert opened("iraq-2021") == tmp_path / "iraq-2021"


def test_a_misspelt_name_is_told_what_was_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OpeningError, match=r"did you mean 'iraq-2021'\?") as error:
        opened("irak-2021")
    assert error.value.code == 2


def test_a_folder_is_open_in_one_server_at_a_time(tmp_path):
    with claimed(tmp_path, "http://127.0.0.1:1/"):
        with (
            pytest.raises(
                OpeningError, match=r"is open already at http://127\.0\.0\.1:1/"
            ) as error,
            claimed(tmp_path, "x"),
        ):
            pass
        assert error.value.code == 4
    with claimed(tmp_path, "x"):
        pass


def test_yaml_with_tags_is_refused_not_run(space):
    file = space.root / "a.yaml"
    file.write_text("scenario: !!python/object/apply:os.system ['touch /tmp/x']\n")
    with pytest.raises(ReadingError, match="tag"):
        space.beside(file)
