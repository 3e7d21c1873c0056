"""How fast the FEC reader is, beside DuckDB's ``read_csv`` of the same columns, typed.

    python benchmarks/bench_fec_reader.py --lines 1000000

Makes a file of so many lines with a fixed seed in a temporary folder, then runs, turn by turn and
each in a process of its own: the reader (every column typed and every rule of the administration
looked at), the whole check, the first pass of an import, and DuckDB reading the eighteen columns
with the same types, once to look at every value and once into a table. Prints a table and writes
``benchmarks/results/fec_reader.json``. The best of the rounds counts, the resident memory is the
largest.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "fec_reader.json"
NAME = "123456782FEC20231231.txt"
HEADER = [
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
]  # fmt: skip
DAYS = {"EcritureDate", "PieceDate", "DateLet", "ValidDate"}
AMOUNTS = {"Debit", "Credit", "Montantdevise"}
GOAL = 6.0
MEMORY_GOAL = 600


def euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def line(*values: str) -> str:
    """One line: journal, label, number, day, account, label, auxiliary, label, piece, words, debit,
    credit, lettering."""
    (journal, label, number, day, account, text, auxiliary, name, piece, words, debit, credit,
     letter) = values  # fmt: skip
    lettered = day if letter else ""
    return "\t".join(
        (journal, label, number, day, account, text, auxiliary, name, piece, day, words, debit,
         credit, letter, lettered, "20240331", "", "")
    )  # fmt: skip


def entries(seed: int, lines: int) -> Iterator[list[str]]:
    """Sales, purchases and their payments over a year, of two to five lines each, in order."""
    draw = random.Random(seed)
    third = [(f"{kind}{rank:05d}", f"Tiers numéro {rank}") for kind in "CF" for rank in range(400)]
    first, number, done = date(2023, 1, 1), 0, 0
    while done < lines:
        number += 1
        day = f"{first + timedelta(days=min(364, done * 365 // lines)):%Y%m%d}"
        sale = draw.random() < 0.5
        party = third[draw.randrange(400) + (0 if sale else 400)]
        letter = f"L{number:07d}" if draw.random() < 0.5 else ""
        net = int(draw.lognormvariate(9.2, 1.6)) + 100
        invoice = _invoice(draw, number, day, party, net, letter, sale=sale)
        done += len(invoice)
        yield invoice
        if letter:
            number += 1
            yield _payment(number, day, party, net + net * 20 // 100, letter, sale=sale)
            done += 2


INCOME = [(f"70{rank:04d}", f"Ventes, catégorie {rank}") for rank in range(60)]
EXPENSES = [(f"6{rank:05d}", f"Achats et charges {rank}") for rank in range(10000, 10090)]
CLIENTS, SUPPLIERS = ("411000", "Clients"), ("401000", "Fournisseurs")
ZERO = "0,00"


def _invoice(
    draw: random.Random, number: int, day: str, party: tuple[str, str], net: int, letter: str,
    *, sale: bool,
) -> list[str]:  # fmt: skip
    tax = net * 20 // 100
    parts = _parts(draw, net, INCOME if sale else EXPENSES)
    rows = [(*(CLIENTS if sale else SUPPLIERS), *party, net + tax, letter)]
    rows.append(("445710" if sale else "445660", "TVA 20 %", "", "", tax, ""))
    rows += [(account, text, "", "", part, "") for account, text, part in parts]
    head = ("VE", "Ventes", str(number), day) if sale else ("HA", "Achats", str(number), day)
    piece, words = f"{'FA' if sale else 'FF'}{number:07d}", f"Facture {party[1]} n° {number % 9973}"
    written = []
    for rank, (account, text, code, name, cents, own) in enumerate(rows):
        figures = euros(cents), ZERO
        debit, credit = figures if sale == (rank == 0) else figures[::-1]
        written.append(line(*head, account, text, code, name, piece, words, debit, credit, own))
    return written


def _payment(
    number: int, day: str, party: tuple[str, str], cents: int, letter: str, *, sale: bool
) -> list[str]:
    head, words = ("BQ", "Banque", str(number), day), f"Règlement {party[1]}"
    third, bank = (ZERO, euros(cents)), (euros(cents), ZERO)
    if not sale:
        third, bank = bank, third
    account = CLIENTS if sale else SUPPLIERS
    return [
        line(*head, *account, *party, f"R{number:07d}", words, *third, letter),
        line(*head, "512000", "Banque", "", "", f"R{number:07d}", words, *bank, ""),
    ]


def _parts(
    draw: random.Random, net: int, accounts: list[tuple[str, str]]
) -> list[tuple[str, str, int]]:
    count = draw.choice((1, 1, 2, 3))
    shares = [net // count] * (count - 1)
    return [(*draw.choice(accounts), part) for part in (*shares, net - sum(shares))]


def generate(path: Path, lines: int, seed: int = 20161110) -> int:
    """Write the file; give the number of its lines."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(HEADER) + "\r\n")
        for entry in entries(seed, lines):
            count += len(entry)
            file.write("\r\n".join(entry) + "\r\n")
    return count


def run_read(path: str) -> dict[str, object]:
    from chambre.lib.fec import read

    reader = read(path)
    debit = sum(block.debit for block in reader.blocks())
    return {"lines": reader.lines, "debit": debit, "accepted": not reader.findings.rejects}


def run_check(path: str) -> dict[str, object]:
    from chambre.lib.fec import check

    report = check(path)
    return {"lines": report.lines, "debit": report.debit, "accepted": report.verdict == "accepted"}


def run_prepare(path: str) -> dict[str, object]:
    from chambre.lib.fec import prepare

    prepared = prepare(path)
    return {"lines": prepared.lines, "debit": prepared.debit, "accepted": True}


def run_entries(path: str) -> dict[str, object]:
    from chambre.lib.fec import prepare

    prepared = prepare(path)
    lines = sum(len(entry.lines) for entry in prepared.entries())
    return {"lines": lines, "debit": prepared.debit, "accepted": True}


def run_duckdb(path: str, *, table: bool) -> dict[str, object]:
    import duckdb

    def kind(name: str) -> str:
        return "DATE" if name in DAYS else "DECIMAL(18,2)" if name in AMOUNTS else "VARCHAR"

    columns = {name: kind(name) for name in HEADER}
    source = (
        f"read_csv('{path}', delim='\t', header=true, auto_detect=false, quote='', escape='', "
        f"dateformat='%Y%m%d', decimal_separator=',', columns={columns})"
    )
    base = duckdb.connect()
    if table:
        base.execute(f"CREATE TEMP TABLE fec AS SELECT * FROM {source}")
        row = base.execute("SELECT count(*), sum(Debit) FROM fec").fetchone()
    else:
        looked = ", ".join(f"max({name})" for name in HEADER)
        row = base.execute(f"SELECT count(*), sum(Debit), {looked} FROM {source}").fetchone()
    return {"lines": row[0], "debit": int(row[1] * 100), "accepted": True}


TASKS = {
    "read": run_read,
    "check": run_check,
    "prepare": run_prepare,
    "entries": run_entries,
    "duckdb": lambda path: run_duckdb(path, table=False),
    "duckdb-table": lambda path: run_duckdb(path, table=True),
}


def child(task: str, path: str) -> None:
    begun = time.perf_counter()
    processor = time.process_time()
    result = TASKS[task](path)
    result["seconds"] = time.perf_counter() - begun
    result["cpu"] = time.process_time() - processor
    result["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(result))


def measure(task: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", task, str(path)]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--child", nargs=2, metavar=("TASK", "PATH"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(*arguments.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        lines = generate(path, arguments.lines)
        size = path.stat().st_size
        runs: dict[str, list[dict[str, float]]] = {task: [] for task in arguments.tasks.split(",")}
        for _ in range(arguments.rounds):
            for task, results in runs.items():
                results.append(measure(task, path))
    report(lines, size, runs)


def report(lines: int, size: int, runs: dict[str, list[dict[str, float]]]) -> None:
    for task, results in runs.items():
        for result in results:
            same = result["lines"] == lines and result["debit"] == runs["duckdb"][0]["debit"]
            if not (same and result["accepted"]):
                raise SystemExit(f"{task} disagrees: {result}")
    best = {task: min(result["seconds"] for result in results) for task, results in runs.items()}
    rss = {task: max(result["rss"] for result in results) for task, results in runs.items()}
    print(f"{lines:,} lines, {size:,} bytes")
    for task in runs:
        ratio = best[task] / best["duckdb"]
        print(f"{task:14} {best[task]:8.2f} s {lines / best[task]:12,.0f} lines/s"
              f" {rss[task]:6,.0f} MB  {ratio:6.2f} × DuckDB")  # fmt: skip
    outcome = {
        "lines": lines,
        "bytes": size,
        "python": platform.python_version(),
        "seconds": best,
        "rss_mb": rss,
        "ratio": {task: round(best[task] / best["duckdb"], 2) for task in runs},
        "goal": {"ratio": GOAL, "rss_mb": MEMORY_GOAL},
        "reached": best["read"] <= GOAL * best["duckdb"] and rss["read"] < MEMORY_GOAL,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(outcome, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
