"""Questions that are put together once give the rows that the query would give."""

from __future__ import annotations

import threading

import pytest
from django.db import DataError, connection, connections, transaction
from django.db.models import Exists, OuterRef

from chambre.core.db.planned import planned
from chambre.core.db.questions import Question
from chambre.core.db.rows import insert
from chambre.core.models import Job, JobLine, User

LINES = Question(
    lambda jobs, level: (
        JobLine.objects.select_related("job__user")
        .only("text", "level", "job__title", "job__user__email")
        .annotate(owned=Exists(User.objects.filter(pk=OuterRef("job__user"))))
        .filter(job__kind__in=["test.a", "test.b"], level=level, pk__in=jobs)
        .order_by("-pk")
    )
)


@pytest.fixture
def lines(db, make_user):
    mine = Job.objects.create(kind="test.a", title="À moi", user=make_user("lou@exemple.test"))
    other = Job.objects.create(kind="test.b", title="100 %", params={"é": [1]})
    return [
        insert(JobLine(job=job, text=f"{number} %s", level=level))
        for number, (job, level) in enumerate(
            [(mine, "info"), (other, "info"), (mine, "error"), (other, "info")]
        )
    ]


def seen(rows):
    return [
        (row.pk, row.text, row.job.title, row.job.user and row.job.user.email, row.owned)
        for row in rows
    ]


def test_the_rows_are_those_of_the_query(lines, django_assert_num_queries):
    keys = [row.pk for row in lines]
    for _again in range(4):  # on PostgreSQL it is prepared meanwhile
        for asked in (keys, keys[:2], keys[1:2], [10**9]):
            expected = [row for row in reversed(lines) if row.level == "info" and row.pk in asked]
            with django_assert_num_queries(1):
                found = seen(LINES(asked, "info"))
            assert found == [
                (row.pk, row.text, row.job.title, row.job.user and row.job.user.email,
                 bool(row.job.user)) for row in expected
            ]  # fmt: skip
    with django_assert_num_queries(0):
        assert LINES([], "info") == []


def test_what_was_not_asked_for_comes_when_it_is_wanted(lines):
    (row,) = LINES([lines[1].pk], "info")

    assert row.get_deferred_fields() == {"at"}
    assert row.job.params == {"é": [1]}
    row.text = "changed"
    row.save(update_fields=["text"])
    assert JobLine.objects.get(pk=row.pk).text == "changed"


def test_words_are_only_words(lines):
    for word in ("'; DROP TABLE core_jobline; --", "%s", "\x02value 0\x03", "é" * 9):
        assert LINES([lines[0].pk], word) == []
    assert JobLine.objects.count() == 4


def test_one_of_several_words(make_user):
    people = Question(lambda emails: User.objects.filter(email__in=emails).order_by("email"))
    for name in "abc":
        make_user(f"{name}@valmere.test")

    found = people(["c@valmere.test", "a@valmere.test"])

    assert [user.email for user in found] == ["a@valmere.test", "c@valmere.test"]
    assert people([]) == []
    assert people(["nobody@valmere.test"]) == []


def test_a_value_that_the_query_changes_is_refused(db):
    wrong = Question(lambda words: JobLine.objects.filter(text__contains=words))

    with pytest.raises(TypeError):
        wrong("100 %")


@pytest.mark.django_db(transaction=True)
def test_many_may_ask_at_once(make_user):
    job = Job.objects.create(kind="test.a", title="x", user=make_user("lou@exemple.test"))
    keys = [insert(JobLine(job=job, text=str(number))).pk for number in range(8)]
    asked = Question(lambda pk: JobLine.objects.filter(pk=pk))
    found: dict[int, str] = {}

    def ask(pk):
        try:
            for _again in range(5):
                found[pk] = asked(pk)[0].text
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(pk,)) for pk in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[pk] for pk in keys] == [str(number) for number in range(8)]


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_postgresql_plans_it_once_unless_it_must_not(db, settings):
    if connection.vendor != "postgresql":
        with planned():
            assert JobLine.objects.count() == 0  # nothing is otherwise elsewhere
        return
    one = Question(lambda pk: JobLine.objects.filter(pk=pk).only("text"))
    settings.CHAMBRE_PREPARED = False
    for _again in range(4):
        one(5)
    before = [each for each in prepared() if '"core_jobline"."text"' in each]
    settings.CHAMBRE_PREPARED = True
    for _again in range(4):
        one(5)
    after = [each for each in prepared() if '"core_jobline"."text"' in each]
    assert (len(before), len(after)) == (0, 1)
    cursor = connection.connection.cursor_factory
    with pytest.raises(ZeroDivisionError), planned():
        assert connection.connection.cursor_factory is not cursor
        raise ZeroDivisionError
    assert connection.connection.cursor_factory is cursor


def test_a_word_that_postgresql_cannot_keep_is_refused(db):
    job = Job.objects.create(kind="test.a", title="x")
    if connection.vendor == "postgresql":
        with pytest.raises((DataError, ValueError)), transaction.atomic():
            insert(JobLine(job=job, text="a\x00b"))
    insert(JobLine(job=job, text="a\nb"))
    assert JobLine.objects.get().text == "a\nb"
