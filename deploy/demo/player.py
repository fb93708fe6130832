"""`spinout demo`: plays every story on the running system, and says what became of them."""

import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import click

from deploy.demo.doors import Clock, Doors, NoAnswer, Refusal, Stopped, connections
from deploy.demo.progress import Progress
from deploy.demo.scene import ADVISER, OPENS_A_CASE, REVIEWER, Document, Scene
from deploy.demo.steps import take
from deploy.demo.stories import Story, read_stories
from deploy.demo.summary import summary_of, table
from deploy.errors import CannotRun
from deploy.home import Home, signing_key
from deploy.tokens import signed

# The programs that the roles use. Idempotency keys belong to them, and the portal sees what came by it.
CLIENTS = {ADVISER: "console", "portal": "portal", REVIEWER: "cabinet-office"}
TOKENS_LAST = 4 * 3600.0
# How long an outcome may take to become the expected one, in seconds. It never does under other criteria.
EXPECTED_WITHIN = 15.0
_INTERRUPTED = 130


@dataclass
class Played:
    """What came of playing: each enquiry's outcome by reference, what was new, what was otherwise, what went wrong."""

    outcomes: dict[str, str] = field(default_factory=dict)
    new: int = 0
    unexpected: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def add(self, story: Story, played: Future["Ending"]) -> None:
        """Add how one story ended."""
        error = played.exception()
        if error is None:
            ending = played.result()
            self.outcomes[ending.reference] = ending.outcome
            self.new += ending.new
            if not ending.is_expected:
                self.unexpected.append(f"{story.key}: {ending.outcome}, expected {story.outcome}")
        elif isinstance(error, Refusal | NoAnswer):
            self.troubles.append(f"{story.key}: {error}")
        else:
            raise error


@dataclass(frozen=True, slots=True)
class Ending:
    """How one story ended. `new` counts what was added by this run: the enquiry, and each step that was taken."""

    reference: str
    outcome: str
    is_expected: bool
    new: int


def play(story: Story, doors: Doors, progress: Progress) -> Ending:
    """Play one story to its end. Raises Refusal, NoAnswer and Stopped."""
    sent = doors.create(story.role, "POST /v1/enquiries", story.enquiry, story.key)
    progress.count("sent")
    scene = Scene(doors, sent.body["reference"])
    if scene.wait_until(lambda enquiry: enquiry["assessment"] is not None, doors.patience) is None:
        raise NoAnswer(f"{scene.enquiry_reference}: not triaged within {doors.patience:.0f} s")
    progress.count("triaged")
    new = 0 if sent.is_replay else 1
    for step in story.steps:
        new += take(scene, step)
        progress.count("steps")
        if step.kind == "change":
            scene.wait_until(lambda enquiry: _is_as_expected(enquiry, story), EXPECTED_WITHIN)
    settled = scene.wait_until(lambda enquiry: _is_as_expected(enquiry, story), EXPECTED_WITHIN)
    enquiry = settled or scene.enquiry().body
    return Ending(enquiry["reference"], enquiry["assessment"]["outcome"], settled is not None, new)


def _is_as_expected(enquiry: Document, story: Story) -> bool:
    """Whether triage says of the present facts what it should, and the case that follows is open."""
    assessment = enquiry["assessment"]
    if assessment["outcome"] != story.outcome or assessment["score"] not in (story.score, None):
        return False
    return enquiry["case"] is not None or story.outcome not in OPENS_A_CASE


def play_all(stories: Sequence[Story], doors: Doors, progress: Progress, at_once: int) -> Played:
    """Play the stories, so many at a time. Ctrl-C ends every wait, and is raised again once all threads rest."""
    played = Played()
    with ThreadPoolExecutor(at_once) as pool:
        futures = {pool.submit(play, story, doors, progress): story for story in stories}
        try:
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    played.add(futures[future], future)
        except BaseException:
            doors.clock.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            progress.end()
    return played


@click.command()
@click.option("--url", help="The gateway's address; that of the local system when left out.")
@click.option("--at-once", type=click.IntRange(1, 32), default=8, show_default=True, help="Enquiries at a time.")
def demo(url: str | None, at_once: int) -> None:
    """Send 110 enquiries to the running system, play what follows, and show what became of them."""
    home = Home.of_environment()
    address, tokens, pool, clock = url or address_of(home), tokens_of(home), connections(at_once), Clock()
    check(Doors(address, tokens, pool, clock, patience=5), address)
    sys.exit(perform(read_stories(), Doors(address, tokens, pool, clock), at_once))


def perform(stories: Sequence[Story], doors: Doors, at_once: int) -> int:
    """Play the stories and print what became of them. Returns the exit status; raises CannotRun."""
    progress = Progress(sys.stderr, len(stories), sum(len(story.steps) for story in stories))
    try:
        played = play_all(stories, doors, progress, at_once)
        click.echo(report(doors, played))
    except (KeyboardInterrupt, Stopped):
        click.echo("Stopped. Run it again to go on from here; nothing is sent twice.", err=True)
        return _INTERRUPTED
    except (NoAnswer, Refusal) as error:
        raise CannotRun(f"the system stopped answering: {error}. Run the demonstration again when it is up.") from None
    return 1 if played.troubles else 0


def report(doors: Doors, played: Played) -> str:
    """The table, and what there is to say besides. Raises what Doors raises."""
    lines = ["", table(summary_of(doors, played.outcomes)), ""]
    lines.append(f"{played.new} things were new in this run." if played.new else "Nothing was new in this run.")
    for title, several in (
        ("Otherwise than the first criteria set says; perhaps another is in force:", played.unexpected),
        ("Not played to the end:", played.troubles),
    ):
        if several:
            lines += [title, *(f"  {one}" for one in several)]
    return "\n".join(lines)


def address_of(home: Home) -> str:
    """Where the gateway of the local system listens. Raises CannotRun when there is no such system."""
    try:
        settings: Mapping[str, str] = json.loads((home.path / "run" / "system.json").read_text())["gateway"]
    except (OSError, ValueError, KeyError):
        raise CannotRun(f"no system runs in {home.path}. Start one with `make run`, or name it with --url.") from None
    return f"http://{settings['HOST']}:{settings['PORT']}"


def tokens_of(home: Home) -> dict[str, str]:
    """A token for each role, signed with the local system's key. Raises CannotRun when there is no key."""
    if not home.token_keys.is_file():
        raise CannotRun(f"there is no local system in {home.path} yet: `make run` makes it and its keys.")
    key = signing_key(home)
    return {role: signed(key, (role,), f"{role}-1", client, TOKENS_LAST) for role, client in CLIENTS.items()}


def check(doors: Doors, address: str) -> None:
    """See that the gateway is there and takes our tokens. Raises CannotRun, soon and with what to do."""
    try:
        doors.read(REVIEWER, "/v1/fund")
    except NoAnswer:
        raise CannotRun(f"nothing answers at {address}. Is the system up? `make run` starts it.") from None
    except Refusal as refusal:
        raise CannotRun(f"the gateway at {address} refuses us: {refusal}") from None
