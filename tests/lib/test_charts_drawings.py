"""Every chart: sound XML, nothing on top of anything, its numbers beside it, all widths."""

import re
from datetime import date

import pytest
from charts_support import SVG, assert_sound, boxes, overlapping, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.charts import (
    PAINTS,
    Bar,
    Bars,
    Moment,
    Months,
    MonthSeries,
    Part,
    SankeyLink,
    SankeyNode,
    Sparkline,
    Stack,
    Stacked,
    Step,
    Timeline,
    Waterfall,
    draw_pair,
    stylesheet,
)

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
amounts = st.one_of(st.integers(-(10**14), 10**14), st.integers(-100, 100))
labels = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
WORDS = {"title": "Titre", "description": "Ce qu’on voit.", "empty": "Rien à montrer."}


def euros(minor):
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100:,}".replace(",", "\u202f") + f",{abs(minor) % 100:02d}\u00a0€"


def share(permille):
    return f"{permille // 10},{permille % 10}\u00a0%"


def month_name(day):
    return f"{day.month:02d}/{day.year}"


def bars(rows, **more):
    compared = any(row.previous is not None for row in rows)
    header = ("Poste", "2026", "2025") if compared else ("Poste", "2026")
    return Bars(**WORDS, header=header, bars=rows, format=euros, **more)


def stacked(parts, stacks, **more):
    return Stacked(
        **WORDS,
        header=("Structure", "Part", "Montant", "Taux"),
        parts=parts,
        stacks=stacks,
        format=euros,
        format_share=share,
        **more,
    )


def months(days, series, **more):
    return Months(
        **WORDS,
        header="Mois",
        months=days,
        series=series,
        format=euros,
        format_month=month_name,
        short_month=lambda day: f"{day.month:02d}",
        **more,
    )


def waterfall(steps):
    return Waterfall(**WORDS, header=("Étape", "Montant", "Solde"), steps=steps, format=euros)


def timeline(moments):
    return Timeline(
        **WORDS,
        header=("Du", "Au", "Quoi", "Détail"),
        moments=moments,
        format_day=lambda day: day.isoformat(),
    )


def year(count=12, start=2025):
    return [date(start + at // 12, at % 12 + 1, 1) for at in range(count)]


EXAMPLES = {
    "bars": bars(
        [
            Bar("Salaires et charges", 2_441_690, 2_210_000, href="/charges"),
            Bar("Entretien de la presse et de ses accessoires, déplacements", 738_004, 100_000),
            Bar("Variation des stocks", -320_050, 120_000),
            Bar("Dons", 0),
        ]
    ),
    "stacked": stacked(
        [Part("Verger"), Part("Presse"), Part("Pas encore attribué", rest=True)],
        [Stack("", [412_345, 183_000, 150_000], hrefs=["/v", "/p", "/reste"])],
    ),
    "months": months(
        year(24),
        [
            MonthSeries("Produits", [100_000 + at * 3_000 for at in range(24)], "area"),
            MonthSeries("Charges", [90_000, None, *[95_000] * 22]),
            MonthSeries("Résultat", [at * 1_000 - 9_000 for at in range(24)], "column"),
        ],
        hrefs=["/m"] * 24,
    ),
    "waterfall": waterfall(
        [
            Step("Trésorerie au 1er janvier", 1_200_000, balance=True),
            Step("Ventes", 4_123_450, href="/ventes"),
            Step("Salaires", -2_441_690),
            Step("Investissements", -3_350_406),
            Step("Trésorerie au 31 décembre", -468_646, balance=True),
        ]
    ),
    "timeline": timeline(
        [
            Moment(date(2017, 9, 15), "Achat par la SCIC", "12 000 €", href="/achat"),
            Moment(date(2016, 11, 10), "Atelier où l’idée est née"),
            Moment(date(2018, 6, 1), "Prêtée à l’AMAP", until=date(2018, 10, 31), tone=3),
            Moment(date(2019, 1, 12), "Panne du moteur", tone=4),
            Moment(date(2019, 2, 20), "Réparée par les adhérents", tone=3),
        ]
    ),
    "sparkline": Sparkline(
        **WORDS, header=("Mois", "Solde"), labels=["a", "b", "c"], values=[5, -3, 9], format=euros
    ),
}


@pytest.mark.parametrize("width", [320, 360, 479, 480, 768, 960, 1280])
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_chart_is_sound_and_legible_at_every_width(name, width):
    chart = EXAMPLES[name].draw(prefix="essai", width=width)

    assert_sound(chart)
    assert chart.width == width
    assert overlapping(chart.svg) == []
    for box in boxes(chart.svg):
        assert box.left >= -0.5, box
        assert box.right <= width + 0.5, box
        assert box.bottom <= chart.height + 0.5, box


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_class_is_one_that_the_stylesheet_knows(name):
    css = stylesheet()
    for width in (360, 960):
        root = parse(EXAMPLES[name].draw(prefix="essai", width=width).svg)
        used = {word for names in root.xpath("//@class") for word in names.split()}
        own = {"chart", f"chart-{name}", "chart-wide", "chart-compact"}
        assert used - own <= set(PAINTS)
    for paint_name, paint in PAINTS.items():
        assert (f".{paint_name} {{" in css) == bool(paint.css)


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_a_stylesheet_every_shape_still_has_its_colour(name):
    root = parse(EXAMPLES[name].draw(prefix="essai").svg)
    shapes = [f"{SVG}{tag}" for tag in ("rect", "path", "circle", "line", "text")]
    for shape in root.iter(*shapes):
        assert shape.get("fill") or shape.get("stroke"), shape.attrib


def test_a_pair_has_one_table_and_no_id_twice():
    pair = draw_pair(EXAMPLES["stacked"], prefix="couverture")

    assert pair.table == pair.wide.table == pair.compact.table
    ids = re.findall(r' id="([^"]+)"', pair.svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", pair.svg)) <= set(ids)
    assert pair.svg.__html__() == str(pair.svg)


def test_what_people_wrote_is_never_markup():
    nasty = '</text><script>alert("1")</script>&\'\x00\x0b\ufffe'
    chart = bars([Bar(nasty, 5)]).draw(prefix="b")

    assert_sound(chart)
    texts = [text.text for text in parse(chart.svg).iter(f"{SVG}text")]
    assert any(text.startswith("</text><script>") for text in texts)
    assert chart.table.rows[0][0].raw == nasty, "the table keeps the word as it was written"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "java\nscript:x", " /x"]
)
def test_an_address_that_would_run_something_is_refused(href):
    for make in (
        lambda: Bar("x", 1, href=href),
        lambda: Step("x", 1, href=href),
        lambda: Moment(date(2026, 1, 1), "x", href=href),
        lambda: SankeyNode("x", "x", href=href),
        lambda: SankeyLink("x", "y", 1, href=href),
        lambda: Stack("x", [1], hrefs=[href]),
        lambda: months(year(1), [], hrefs=[href]).draw(prefix="m"),
    ):
        with pytest.raises(ValueError, match="address"):
            make()


@pytest.mark.parametrize("prefix", ["", "1a", "a b", 'a"onload="x', "é"])
def test_a_prefix_that_cannot_begin_an_id_is_refused(prefix):
    with pytest.raises(ValueError, match="prefix"):
        EXAMPLES["bars"].draw(prefix=prefix)


def test_a_drawing_too_narrow_and_a_colour_that_is_not_there_are_refused():
    with pytest.raises(ValueError, match="200"):
        EXAMPLES["bars"].draw(prefix="b", width=199)
    for make in (lambda: Bar("x", 1, tone=9), lambda: Part("x", tone=0)):
        with pytest.raises(ValueError, match="tone"):
            make()


@pytest.mark.parametrize(
    "spec",
    [
        bars([]),
        stacked([Part("a")], []),
        stacked([Part("a")], [Stack("", [0])]),
        months([], []),
        months(year(2), [MonthSeries("x", [None, None])]),
        waterfall([]),
        timeline([]),
    ],
    ids=lambda spec: type(spec).__name__,
)
def test_where_there_is_nothing_it_says_so(spec):
    for width in (320, 960):
        chart = spec.draw(prefix="rien", width=width)
        assert_sound(chart)
        assert "Rien à montrer." in chart.svg


@quick
@given(
    rows=st.lists(st.tuples(labels, amounts, st.none() | amounts), max_size=12),
    width=st.sampled_from([320, 960]),
)
def test_bars_of_any_size_begin_at_zero_and_keep_their_proportions(rows, width):
    chart = bars([Bar(*row) for row in rows]).draw(prefix="b", width=width)

    assert_sound(chart)
    assert [row[1].raw for row in chart.table.rows] == [value for _, value, _ in rows]
    assert overlapping(chart.svg) == []
    if not rows:
        return
    root = parse(chart.svg)
    axis = [line for line in root.iter(f"{SVG}line") if line.get("class") == "chart-axis"]
    zero = float(axis[0].get("x1"))
    for rect in root.iter(f"{SVG}rect"):
        if rect.get("class") == "chart-minus":
            assert float(rect.get("x")) + float(rect.get("width")) == pytest.approx(zero, abs=0.02)
        elif rect.get("class") == "chart-fill-1" and rect.find(f"{SVG}title") is not None:
            assert float(rect.get("x")) == pytest.approx(zero, abs=0.02)


@quick
@given(
    data=st.data(),
    width=st.sampled_from([320, 960]),
    whole=st.booleans(),
)
def test_parts_fill_their_bar_and_shares_make_a_hundred(data, width, whole):
    parts = [Part(f"Part {at}", rest=at == 2) for at in range(data.draw(st.integers(1, 9)))]
    stacks = data.draw(
        st.lists(
            st.lists(st.integers(0, 10**14), min_size=len(parts), max_size=len(parts)),
            min_size=1,
            max_size=4,
        )
    )
    chart = stacked(parts, [Stack(f"S{at}", row) for at, row in enumerate(stacks)], whole=whole)
    chart = chart.draw(prefix="s", width=width)

    assert_sound(chart)
    for at, row in enumerate(stacks):
        mine = chart.table.rows[at * len(parts) : (at + 1) * len(parts)]
        assert sum(cells[3].raw for cells in mine) == (1000 if any(row) else 0)
        assert [cells[2].raw for cells in mine] == row


def test_a_part_below_zero_or_missing_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        Stack("x", [-1])
    with pytest.raises(ValueError, match="one amount per part"):
        stacked([Part("a"), Part("b")], [Stack("x", [1])]).draw(prefix="s")


@quick
@given(
    values=st.lists(st.none() | amounts, min_size=1, max_size=60),
    width=st.sampled_from([320, 960]),
    shape=st.sampled_from(["line", "area", "column"]),
)
def test_months_with_holes_and_of_any_size(values, width, shape):
    spec = months(year(len(values)), [MonthSeries("Solde", values, shape)])
    chart = spec.draw(prefix="m", width=width)

    assert_sound(chart)
    assert [row[1].raw for row in chart.table.rows] == values
    assert overlapping(chart.svg) == []


def test_months_out_of_order_or_missing_values_are_refused():
    days = year(2)
    with pytest.raises(ValueError, match="out of order"):
        months(days[::-1], []).draw(prefix="m")
    with pytest.raises(ValueError, match="1 values for 2 months"):
        months(days, [MonthSeries("x", [1])]).draw(prefix="m")
    with pytest.raises(ValueError, match="addresses"):
        months(days, [MonthSeries("x", [1, 2])], hrefs=["/a"]).draw(prefix="m")


@quick
@given(opening=amounts, flows=st.lists(amounts, max_size=20), width=st.sampled_from([320, 960]))
def test_a_waterfall_ends_where_its_flows_lead(opening, flows, width):
    steps = [Step("Ouverture", opening, balance=True)]
    steps += [Step(f"Flux {at}", value) for at, value in enumerate(flows)]
    steps.append(Step("Clôture", opening + sum(flows), balance=True))
    chart = waterfall(steps).draw(prefix="w", width=width)

    assert_sound(chart)
    assert chart.table.rows[-1][2].raw == opening + sum(flows)
    assert overlapping(chart.svg) == []


def test_a_balance_that_does_not_agree_is_refused():
    steps = [Step("a", 100, balance=True), Step("b", 50), Step("c", 149, balance=True)]
    with pytest.raises(ValueError, match="“c” is 149, but the steps before it make 150"):
        waterfall(steps).draw(prefix="w")


@quick
@given(
    days=st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=1, max_size=60),
    width=st.sampled_from([320, 960]),
)
def test_a_timeline_is_in_order_and_its_labels_are_apart(days, width):
    chart = timeline([Moment(day, f"Événement {day}") for day in days]).draw(
        prefix="t", width=width
    )

    assert_sound(chart)
    assert [row[0].raw for row in chart.table.rows] == sorted(days)
    assert overlapping(chart.svg) == []


def test_something_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="before it begins"):
        Moment(date(2026, 2, 1), "x", until=date(2026, 1, 31))


@quick
@given(values=st.lists(amounts, max_size=40))
def test_a_sparkline_of_anything(values):
    spec = Sparkline(
        **WORDS,
        header=("Mois", "Solde"),
        labels=[str(at) for at in range(len(values))],
        values=values,
        format=euros,
    )
    assert_sound(spec.draw(prefix="s"))


def test_the_same_chart_is_drawn_the_same_every_time():
    for name, spec in EXAMPLES.items():
        assert spec.draw(prefix="x") == spec.draw(prefix="x"), name


def test_the_table_knows_its_numbers():
    table = EXAMPLES["bars"].draw(prefix="b").table

    assert table.header == ("Poste", "2026", "2025")
    assert table.numeric == (False, True, True)
    assert [cell.text for cell in table.rows[2]] == [
        "Variation des stocks",
        "-3\u202f200,50\u00a0€",
        "1\u202f200,00\u00a0€",
    ]
    assert table.rows[3][2].raw is None
    assert table.rows[0][1].href == "/charges"


def test_headings_have_to_match_the_columns():
    spec = Bars(**WORDS, header=("Poste", "2026"), bars=[Bar("x", 1, 2)], format=euros)
    with pytest.raises(ValueError, match="does not name the columns"):
        spec.draw(prefix="b")
