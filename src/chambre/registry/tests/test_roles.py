"""Roles: dated, given and ended by those who may, never deleted."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.core.models import OutboxEvent
from chambre.registry import api, rules
from chambre.registry.errors import LastAdministrator, RoleEnded, RoleOverlap
from chambre.registry.models import Role
from chambre.registry.services.roles import Term, first_gap
from chambre.registry.tests.conftest import TODAY, agent_of

DAY = dt.timedelta(days=1)


@pytest.mark.django_db
class TestGranting:
    def test_a_role_is_held_from_its_first_day(self, system, stranger, chamber):
        role = api.grant_role(
            agent=agent_of(stranger), kind="member", scope=chamber, by=system, reason="AG de mai"
        )

        assert (role.since, role.until, role.reason) == (TODAY, None, "AG de mai")
        assert api.has_role(stranger.user, "member", chamber)
        assert not api.has_role(stranger.user, "administrator", chamber)
        assert OutboxEvent.objects.filter(name="registry.role.granted").last().payload == {
            "role": role.pk
        }

    def test_a_role_may_begin_later(self, system, stranger, chamber):
        api.grant_role(
            agent=agent_of(stranger),
            kind="treasurer",
            scope=chamber,
            since=TODAY + 10 * DAY,
            until=TODAY + 20 * DAY,
            by=system,
        )

        assert not api.has_role(stranger.user, "treasurer", chamber)
        held = [
            (TODAY + n * DAY) for n in range(30)
            if api.roles_on(TODAY + n * DAY, place=chamber, kind="treasurer").exists()
        ]  # fmt: skip
        assert (held[0], held[-1]) == (TODAY + 10 * DAY, TODAY + 19 * DAY)

    def test_days_that_make_no_sense(self, system, stranger, chamber, nectar, verger):
        agent = agent_of(stranger)
        for kind, scope, days, wrong in (
            ("member", chamber, {"since": TODAY - DAY}, "since"),
            ("member", chamber, {"until": TODAY}, "until"),
            ("steward", chamber, {}, "kind"),
            ("administrator", nectar, {}, "kind"),
            ("treasurer", verger, {}, "kind"),
            ("king", chamber, {}, "kind"),
        ):
            with pytest.raises(Invalid) as refusal:
                api.grant_role(agent=agent, kind=kind, scope=scope, by=system, **days)
            assert list(refusal.value.data["fields"]) == [wrong]
        with pytest.raises(Invalid):
            api.grant_role(agent=nectar, kind="member", scope=chamber, by=system)
        with pytest.raises(Invalid):
            api.grant_role(agent=agent, kind="member", scope=agent_of(stranger), by=system)
        assert not Role.objects.filter(agent=agent).exists()

    def test_the_same_role_is_not_held_twice_at_once(self, system, stranger, chamber):
        agent = agent_of(stranger)
        first = api.grant_role(
            agent=agent, kind="member", scope=chamber, until=TODAY + 10 * DAY, by=system
        )

        for since, until in ((5, None), (5, 8), (0, 1)):
            with pytest.raises(RoleOverlap):
                api.grant_role(
                    agent=agent,
                    kind="member",
                    scope=chamber,
                    since=TODAY + since * DAY,
                    until=TODAY + until * DAY if until else None,
                    by=system,
                )
        following = api.grant_role(
            agent=agent, kind="member", scope=chamber, since=first.until, by=system
        )

        assert Role.objects.filter(agent=agent).count() == 2
        assert following.since == first.until


@pytest.mark.django_db
class TestWhoMayGrant:
    @pytest.mark.parametrize(
        ("who", "may"),
        [
            (
                "administrator",
                {"chamber": {"member", "treasurer", "facilitator", "administrator"},
                 "nectar": {"member", "treasurer", "facilitator"},
                 "verger": {"member", "steward", "facilitator"}},
            ),
            ("facilitator", {"chamber": {"member"}}),
            ("treasurer", {"nectar": {"member", "treasurer", "facilitator"}}),
            ("steward", {"verger": {"member", "steward", "facilitator"}}),
            ("member", {}),
            ("stranger", {}),
            ("anonymous", {}),
        ],
    )  # fmt: skip
    def test_nobody_gives_what_they_may_not(self, request, system, who, may):
        by = request.getfixturevalue(who)
        places = {name: request.getfixturevalue(name) for name in ("chamber", "nectar", "verger")}
        person = api.create_person(email="new@exemple.test", name="New", by=system)
        given = {}

        for name, scope in places.items():
            for kind in sorted(rules.roles_possible_in(scope)):
                try:
                    api.grant_role(agent=person, kind=kind, scope=scope, by=by)
                except Forbidden:
                    continue
                given.setdefault(name, set()).add(kind)

        assert given == may
        assert Role.objects.filter(agent=person).count() == sum(map(len, may.values()))

    def test_a_treasurer_of_one_structure_is_nothing_in_another(self, system, treasurer, stranger):
        other = api.create_structure(slug="autre", name="Autre", by=system)

        with pytest.raises(Forbidden):
            api.grant_role(agent=agent_of(stranger), kind="member", scope=other, by=treasurer)

    def test_an_administrator_of_another_chamber_gives_nothing_here(self, system, stranger, nectar):
        other = api.create_structure(slug="autre", name="Autre", kind="chamber", by=system)
        api.grant_role(agent=agent_of(stranger), kind="administrator", scope=other, by=system)

        with pytest.raises(Forbidden):
            api.grant_role(agent=agent_of(stranger), kind="treasurer", scope=nectar, by=stranger)
        assert not api.structures_readable_by(stranger).filter(slug="nectar").exists()

    def test_a_role_that_has_ended_gives_nothing_any_more(self, administrator, person, stranger):
        second = person("bob", "administrator")
        role = Role.objects.get(agent=agent_of(administrator))
        api.end_role(role=role, by=second)

        with pytest.raises(Forbidden):
            api.grant_role(
                agent=agent_of(stranger), kind="member", scope=role.in_agent, by=administrator
            )


@pytest.mark.django_db
class TestEnding:
    def test_an_ended_role_stays_in_the_history(self, administrator, member, chamber):
        role = api.open_role(agent_of(member), "member", chamber)

        ended = api.end_role(role=role, by=administrator, reason="déménage", on=TODAY + 3 * DAY)

        assert (ended.until, ended.end_reason, ended.ended_by) == (
            TODAY + 3 * DAY,
            "déménage",
            administrator.user,
        )
        assert api.has_role(member.user, "member", chamber)  # until that day
        assert Role.objects.filter(pk=role.pk).exists()
        assert not api.roles_on(TODAY + 3 * DAY, place=chamber, kind="member").exists()

    def test_it_ends_at_once_without_a_day(self, administrator, member, chamber):
        api.end_role(role=api.open_role(agent_of(member), "member", chamber), by=administrator)

        assert not api.has_role(member.user, "member", chamber)
        assert not member.may("registry.create_resource", chamber)

    def test_people_may_step_down_themselves(self, member, chamber):
        role = api.open_role(agent_of(member), "member", chamber)

        assert api.end_role(role=role, by=member).until == TODAY

    def test_others_may_not_end_it(self, member, stranger, treasurer, steward, chamber):
        role = api.open_role(agent_of(member), "member", chamber)

        for by in (stranger, treasurer, steward, Actor.of(None)):
            with pytest.raises(Forbidden):
                api.end_role(role=role, by=by)
        role.refresh_from_db()
        assert role.until is None

    def test_it_ends_once_and_not_in_the_past(self, administrator, member, chamber):
        role = api.open_role(agent_of(member), "member", chamber)
        with pytest.raises(Invalid):
            api.end_role(role=role, by=administrator, on=TODAY - DAY)
        api.end_role(role=role, by=administrator)

        with pytest.raises(RoleEnded):
            api.end_role(role=role, by=administrator)

    def test_a_role_that_has_not_begun_is_taken_back(self, system, stranger, chamber):
        agent = agent_of(stranger)
        later = TODAY + 10 * DAY
        role = api.grant_role(agent=agent, kind="member", scope=chamber, since=later, by=system)

        api.end_role(role=role, by=system)

        assert not api.roles_on(later, place=chamber, kind="member").exists()
        api.grant_role(agent=agent, kind="member", scope=chamber, by=system)  # and may be given


@pytest.mark.django_db
class TestLastAdministrator:
    def test_the_last_one_stays(self, administrator, chamber):
        role = api.open_role(agent_of(administrator), "administrator", chamber)

        for by in (administrator, Actor.system()):
            with pytest.raises(LastAdministrator):
                api.end_role(role=role, by=by)
        role.refresh_from_db()
        assert role.until is None

    def test_a_second_one_lets_the_first_go(self, administrator, person, chamber):
        person("bob", "administrator")

        role = api.open_role(agent_of(administrator), "administrator", chamber)
        assert api.end_role(role=role, by=administrator).until == TODAY

    def test_a_second_one_who_comes_later_is_waited_for(self, system, administrator, chamber):
        bob = api.create_person(email="bob@exemple.test", name="Bob", by=system)
        start = TODAY + 5 * DAY
        api.grant_role(agent=bob, kind="administrator", scope=chamber, since=start, by=system)
        role = api.open_role(agent_of(administrator), "administrator", chamber)

        with pytest.raises(LastAdministrator) as refusal:
            api.end_role(role=role, on=start - DAY, by=administrator)
        assert refusal.value.data == {"day": (start - DAY).isoformat()}

        assert api.end_role(role=role, on=start, by=administrator).until == start

    def test_a_second_one_whose_term_ends_is_not_enough(self, system, administrator, chamber):
        bob = api.create_person(email="bob@exemple.test", name="Bob", by=system)
        end = TODAY + 5 * DAY
        api.grant_role(agent=bob, kind="administrator", scope=chamber, until=end, by=system)

        with pytest.raises(LastAdministrator):
            api.end_role(
                role=api.open_role(agent_of(administrator), "administrator", chamber), by=system
            )

    def test_somebody_who_cannot_sign_in_does_not_count(self, administrator, person, chamber):
        bob = person("bob", "administrator")
        bob.user.is_active = False
        bob.user.save()

        with pytest.raises(LastAdministrator):
            api.end_role(
                role=api.open_role(agent_of(administrator), "administrator", chamber),
                by=administrator,
            )


days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1))
terms = st.builds(
    lambda since, length: Term(since, None if length is None else since + length * DAY),
    days,
    st.one_of(st.none(), st.integers(0, 40)),
)


@given(st.lists(terms, max_size=6), days)
def test_the_first_gap_is_the_first_day_that_nobody_covers(listed, start):
    def covered(day):
        return any(t.since <= day and (t.until is None or day < t.until) for t in listed)

    gap = first_gap(listed, start)

    if gap is None:
        assert any(term.until is None for term in listed)
        assert all(covered(start + n * DAY) for n in range(200))
    else:
        assert not covered(gap)
        assert all(covered(start + n * DAY) for n in range((gap - start).days))


@pytest.mark.django_db
def test_predicates_answer_for_things_of_several_kinds(
    administrator, treasurer, steward, member, nectar, verger, chamber, system
):
    other = api.create_structure(slug="autre", name="Autre", by=system)

    class Book:
        structure = nectar

    class Plan:
        resource = verger

    assert rules.is_treasurer_of_structure(treasurer.user, Book())
    assert rules.is_treasurer_of_structure(treasurer.user, [nectar])
    assert not rules.is_treasurer_of_structure(treasurer.user, [nectar, other])
    assert not rules.is_treasurer_of_structure(treasurer.user, [])
    assert rules.is_treasurer_of_structure(treasurer.user, None)
    assert rules.is_steward_of_resource(steward.user, Plan())
    assert not rules.is_steward_of_resource(treasurer.user, verger)
    assert rules.is_administrator(administrator.user, [nectar, other])
    assert rules.is_administrator(administrator.user, verger)
    assert rules.is_administrator(administrator.user, Book())
    assert not rules.is_administrator(administrator.user, object())
    assert rules.is_member(steward.user, chamber)
    assert not rules.is_administrator(member.user, None)
