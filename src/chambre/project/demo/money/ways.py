"""The ways in which people pay what was asked of them, right and wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from chambre.project.demo.money.acts import Ask, Bill, Move, Person, Story
from chambre.project.demo.money.drawing import Draw

Open = Ask | Bill


def owed(act: Open) -> int:
    """Cents that an act is for."""
    return act.amount if isinstance(act, Ask) else act.total


def pay(story: Story, draw: Draw, act: Open, day: dt.date, words: str) -> None:
    """Somebody pays by transfer, one way or another; the truth is noted with it."""
    dice = draw.random.random() * 100
    if dice < 1:
        _twice(story, draw, act, day)
    elif dice < 3:
        _in_two_parts(story, draw, act, day)
    elif dice < 5:
        _by_somebody_else(story, draw, act, day)
    elif dice < 15:
        _with_words_alone(story, draw, act, day, words)
    else:
        _with_the_reference(story, draw, act, day)


def _name(draw: Draw, who: Person) -> str:
    return who.name.upper() if who.siren else draw.shout(who.name)


def _with_the_reference(story: Story, draw: Draw, act: Open, day: dt.date) -> None:
    structured = isinstance(act, Ask) and draw.chance(40)
    story.moves.append(
        Move(
            day,
            owed(act),
            name=_name(draw, act.who),
            iban=act.who.iban if draw.chance(85) else "",
            text="" if structured else draw.write(act.key),
            reference=act.key if structured else "",
            settles=((act.key, owed(act)),),
        )
    )


def _with_words_alone(story: Story, draw: Draw, act: Open, day: dt.date, words: str) -> None:
    move = Move(
        day,
        owed(act),
        name=_name(draw, act.who),
        iban=act.who.iban,
        text=f"{words} {act.who.name}",
        settles=((act.key, owed(act)),),
        case="without a reference",
    )
    story.moves.append(move)


def _by_somebody_else(story: Story, draw: Draw, act: Open, day: dt.date) -> None:
    move = Move(
        day,
        owed(act),
        name=draw.shout(draw.people(1)[0].name),
        iban=draw.iban(),
        text=draw.write(act.key),
        settles=((act.key, owed(act)),),
        case="from somebody else's account",
    )
    story.moves.append(move)


def _in_two_parts(story: Story, draw: Draw, act: Open, day: dt.date) -> None:
    first = owed(act) // 2
    for number, part in enumerate((first, owed(act) - first)):
        move = Move(
            day if not number else draw.later(day, 10, 20),
            part,
            name=_name(draw, act.who),
            iban=act.who.iban,
            text=draw.write(act.key),
            settles=((act.key, part),),
            case="in two parts",
        )
        story.moves.append(move)


def _twice(story: Story, draw: Draw, act: Open, day: dt.date) -> None:
    """Paid twice by mistake: the second one settles nothing, a person has to see to it."""
    _with_the_reference(story, draw, act, day)
    again = replace(
        story.moves[-1], day=draw.later(day, 1, 4), settles=(), case="paid a second time"
    )
    story.moves.append(again)
