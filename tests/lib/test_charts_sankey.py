"""A Sankey keeps every amount: through cycles, merging, layers, up to the ribbons on the page."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from charts_support import SVG, assert_sound, overlapping, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.charts import CycleError, Sankey, SankeyLink, SankeyNode
from chambre.lib.charts.sankey_graph import find_cycle, fold_cycles, join_parallel, prepare
from chambre.lib.charts.sankey_layout import Slot, crossing_area, lay_out


def euros(minor):
    return f"{minor // 100},{minor % 100:02d} €"


def sankey(nodes, links, **more):
    return Sankey(
        title="Le verger",
        description="D’où vient l’argent et où il va.",
        empty="Rien n’a encore circulé.",
        header=("De", "À", "Montant"),
        nodes=nodes,
        links=links,
        format=euros,
        others="Autres ({count})",
        **more,
    )


ORCHARD = sankey(
    [
        SankeyNode("sales", "Ventes", 0, href="/ventes"),
        SankeyNode("grant", "Région", 0),
        SankeyNode("farm", "Le Verger partagé", 1),
        SankeyNode("press", "Presse mobile", 1),
        SankeyNode("work", "Travail", 2),
        SankeyNode("kept", "Gardé", 2),
    ],
    [
        SankeyLink("sales", "farm", 100_00, href="/lignes?de=ventes&a=verger"),
        SankeyLink("sales", "press", 40_00),
        SankeyLink("grant", "press", 60_00),
        SankeyLink("farm", "work", 90_00),
        SankeyLink("farm", "kept", 10_00),
        SankeyLink("press", "work", 100_00),
    ],
    columns=("D’où", "Par qui", "À quoi"),
)


@st.composite
def forward_graphs(draw, most=40):
    """Nodes in 2 to 5 columns and links that go forward, over several columns too."""
    columns = draw(st.integers(2, 5))
    layers = [draw(st.integers(0, columns - 1)) for _ in range(draw(st.integers(2, most)))]
    nodes = [SankeyNode(f"n{i}", f"Nœud {i}", layer) for i, layer in enumerate(layers)]
    pairs = [(i, j) for i, one in enumerate(layers) for j, two in enumerate(layers) if one < two]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=60)) if pairs else []
    value = st.one_of(st.integers(0, 10), st.integers(0, 10**14))
    return nodes, [SankeyLink(f"n{i}", f"n{j}", draw(value)) for i, j in chosen]


def placed(nodes, links, limit=200):
    graph = prepare(nodes, links, limit=limit, others="Autres ({count})", fold=False)
    slots = {key: Slot(least=32) for key in graph.nodes}
    return graph, lay_out(graph, slots, body=300, gap=9)


quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(forward_graphs())
def test_every_node_is_as_high_as_the_links_on_its_fuller_side(given_graph):
    nodes, links = given_graph
    if not any(link.value for link in links):
        return
    graph, layout = placed(nodes, links)

    into, out = Counter(), Counter()
    for ribbon in layout.ribbons:
        out[ribbon.link.source] += ribbon.width
        into[ribbon.link.target] += ribbon.width
        assert ribbon.width == ribbon.link.value * layout.scale
    for key, place in layout.nodes.items():
        assert place.height == pytest.approx(max(into[key], out[key]), abs=1e-6)
        assert graph.values[key] == max(
            sum(link.value for link in links if link.target == key),
            sum(link.value for link in links if link.source == key),
        )


@quick
@given(forward_graphs())
def test_nothing_in_a_column_stands_on_anything_else(given_graph):
    nodes, links = given_graph
    if not any(link.value for link in links):
        return
    _, layout = placed(nodes, links)

    for column in layout.columns:
        assert column[0].top >= -1e-6
        assert column[-1].top + column[-1].size <= layout.height + 1e-6
        for upper, lower in pairwise(column):
            assert lower.top - (upper.top + upper.size) >= 9 - 1e-6


@quick
@given(forward_graphs())
def test_ribbons_leave_and_enter_a_bar_edge_to_edge(given_graph):
    nodes, links = given_graph
    if not any(link.value for link in links):
        return
    _, layout = placed(nodes, links)

    for column in layout.columns:
        for place in column:
            for pieces, edge in ((place.out, "start"), (place.into, "end")):
                used = place.bar
                for piece in sorted(pieces, key=lambda piece: (getattr(piece, edge), piece.width)):
                    assert getattr(piece, edge) == pytest.approx(used, abs=1e-6)
                    used += piece.width
                assert used <= place.bar + place.height + 1e-6


@quick
@given(forward_graphs(), st.integers(2, 6))
def test_merging_loses_no_amount_and_the_table_keeps_every_link(given_graph, limit):
    nodes, links = given_graph
    spec = sankey(nodes, links, limit=limit)
    graph = prepare(nodes, links, limit=limit, others="{count}", fold=False)

    assert sum(link.value for link in graph.links) == sum(link.value for link in links)
    for column in range(len(graph.columns)):
        assert sum(layer == column for layer in graph.layers.values()) <= limit
    chart = spec.draw(prefix="s")
    assert sum(row[2].raw for row in chart.table.rows) == sum(link.value for link in links)
    assert len(chart.table.rows) == len({(link.source, link.target) for link in links})


@quick
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 10**14)), max_size=25)
)
def test_netting_out_circles_changes_no_balance_and_leaves_none(triples):
    links = join_parallel(SankeyLink(f"n{a}", f"n{b}", value) for a, b, value in triples)
    left, folded = fold_cycles(links)

    def balances(rows):
        found = defaultdict(int)
        for link in rows:
            found[link.source] -= link.value
            found[link.target] += link.value
        return {key: value for key, value in found.items() if value}

    assert balances(left) == balances(links)
    assert find_cycle(left) == ()
    taken = sum(circle.amount * len(circle.keys) for circle in folded)
    assert sum(link.value for link in links) - sum(link.value for link in left) == taken


def test_a_circle_is_refused_unless_it_may_be_netted_out():
    nodes = [SankeyNode("a", "Verger"), SankeyNode("b", "Presse"), SankeyNode("c", "Ville")]
    links = [
        SankeyLink("a", "b", 100_00),
        SankeyLink("b", "a", 30_00),
        SankeyLink("c", "a", 5_00),
        SankeyLink("c", "c", 7_00),
    ]
    with pytest.raises(CycleError) as refused:
        sankey(nodes, links).draw(prefix="s")
    assert set(refused.value.keys) <= {"a", "b", "c"}

    chart = sankey(nodes, links, fold=True, folded="{path} : {amount} compensés").draw(prefix="s")
    assert sorted(chart.table.notes) == [
        "Verger → Presse → Verger : 30,00 € compensés",
        "Ville → Ville : 7,00 € compensés",
    ]
    assert [row[2].raw for row in chart.table.rows] == [100_00, 30_00, 5_00, 7_00]
    assert "Verger → Presse, 70,00 €" in chart.svg


def test_columns_follow_the_flow_and_contradictions_are_refused():
    nodes = [SankeyNode(key, key) for key in "abcd"]
    links = [SankeyLink("a", "b", 1), SankeyLink("b", "c", 1), SankeyLink("d", "c", 1)]
    graph = prepare(nodes, links, limit=9, others="{count}", fold=False)
    assert graph.layers == {"a": 0, "b": 1, "c": 2, "d": 1}, "d stands beside what it feeds"

    back = [SankeyNode("a", "a", 1), SankeyNode("b", "b", 1)]
    with pytest.raises(ValueError, match="not right of"):
        sankey(back, [SankeyLink("a", "b", 1)]).draw(prefix="s")
    with pytest.raises(ValueError, match="no node has the key 'x'"):
        sankey(nodes, [SankeyLink("a", "x", 1)]).draw(prefix="s")
    with pytest.raises(ValueError, match="same key"):
        sankey([*nodes, SankeyNode("a", "again")], links).draw(prefix="s")
    with pytest.raises(ValueError, match="turn the link round"):
        SankeyLink("a", "b", -1)


def test_crossings_are_undone_where_they_can_be():
    nodes = [SankeyNode(key, key, int(key > "c")) for key in "abcxyz"]
    links = [SankeyLink("a", "z", 5), SankeyLink("b", "y", 5), SankeyLink("c", "x", 5)]
    _, layout = placed(nodes, links)

    assert crossing_area(layout.columns) == 0


@pytest.mark.parametrize("width", [320, 360, 479, 480, 700, 960])
def test_the_orchard_reads_at_every_width(width):
    chart = ORCHARD.draw(prefix="verger", width=width)

    assert_sound(chart)
    assert chart.width == width
    assert overlapping(chart.svg) == []
    texts = [text.text for text in parse(chart.svg).iter(f"{SVG}text")]
    for label in ("Ventes", "Région", "Travail", "Gardé", "140,00 €", "190,00 €"):
        assert label in texts


def test_flows_can_be_opened_and_say_what_they_are():
    root = parse(ORCHARD.draw(prefix="verger").svg)
    links = {link.get("href"): link.get("aria-label") for link in root.iter(f"{SVG}a")}

    assert links == {
        "/ventes": "Ventes, 140,00 €",
        "/lignes?de=ventes&a=verger": "Ventes → Le Verger partagé, 100,00 €",
    }
    assert root.get("role") == "group", "the parts of an image could not be reached"
    cells = ORCHARD.draw(prefix="verger").table.rows[0]
    assert [cell.href for cell in cells] == ["/ventes", "", "/lignes?de=ventes&a=verger"]


def test_nothing_has_flowed_yet():
    for links in ([], [SankeyLink("a", "b", 0)]):
        chart = sankey([SankeyNode("a", "A"), SankeyNode("b", "B")], links).draw(prefix="s")
        assert_sound(chart)
        assert "Rien n’a encore circulé." in chart.svg
        assert len(chart.table.rows) == len(links)


@pytest.mark.parametrize("limit", [12, 200])
@pytest.mark.parametrize("width", [360, 960])
def test_two_hundred_nodes(limit, width):
    nodes = [SankeyNode(f"n{i}", f"Association numéro {i}", i % 3) for i in range(200)]
    links = [
        SankeyLink(f"n{i}", f"n{(i * 7 + 1 + k * 3) // 3 * 3 % 198 + i % 3 + 1}", 10 ** (i % 9))
        for i in range(198)
        for k in range(3)
        if i % 3 < 2
    ]
    chart = sankey(nodes, links, limit=limit).draw(prefix="s", width=width)

    assert_sound(chart)
    assert overlapping(chart.svg) == []
    assert ("Autres (" in chart.svg) == (limit == 12)


def test_the_largest_and_the_smallest_amount_side_by_side():
    nodes = [SankeyNode("a", "A"), SankeyNode("b", "B"), SankeyNode("c", "C")]
    chart = sankey(nodes, [SankeyLink("a", "b", 10**14), SankeyLink("a", "c", 1)]).draw(prefix="s")

    assert_sound(chart)
    assert overlapping(chart.svg) == []
    assert "1000000000000,01 €" in chart.svg


def test_an_amount_that_does_not_fit_is_never_cut():
    chart = sankey(
        [SankeyNode(f"n{i}", f"Structure {i}", i) for i in range(6)],
        [SankeyLink(f"n{i}", f"n{i + 1}", 12_345_678_90) for i in range(5)],
        format_short=lambda minor: f"{minor // 100_000_000} M€",
    ).draw(prefix="s", width=360)
    texts = {text.text for text in parse(chart.svg).iter(f"{SVG}text")}

    assert "12 M€" in texts
    assert not [text for text in texts if text.startswith("1234567")]
