"""Reading a product file of WooCommerce whole: rows, then who belongs to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from .decoding import decode, find_delimiter, rows_of
from .headers import MEASURES, Column, read_headers
from .model import Catalogue, Product, Reference
from .problems import VALUE_SHOWN, Problem
from .rows import read_row


def read_products(content: bytes | str) -> Catalogue:
    """Read a product file: the CSV that WooCommerce exports, or one made like it.

    A row that cannot be used is left out by itself, with a problem that says where and why; the
    rest is read. Nothing is fetched: pictures stay addresses.

    Args:
        content: The file; bytes are UTF-8 with or without its mark, UTF-16 with its mark, or
            Windows-1252.

    Returns:
        The products with their variations, and what was wrong.

    Raises:
        WooCommerceRefusal: The file is empty (``file-empty``), its first line cannot be read
            (``file-unreadable``), or it is no product file (``not-a-product-file``).
    """
    text = decode(content) if isinstance(content, bytes) else content.removeprefix("\ufeff")
    delimiter, headers = find_delimiter(text)
    columns = read_headers(headers)
    products: list[Product] = []
    rows = 0
    stream = rows_of(text, delimiter)
    header = next(stream).line
    problems = _of_headers(columns, header)
    for row in stream:
        rows += 1
        if row.problem or (len(row.cells) > len(columns) and any(row.cells[len(columns) :])):
            facts = {"found": len(row.cells), "expected": len(columns)}
            problems.append(row.problem or Problem(row.line, "", "row-too-long", True, facts))
            continue
        cells = row.cells[: len(columns)] + [""] * (len(columns) - len(row.cells))
        product, wrong = read_row(columns, cells, row.line)
        problems.extend(wrong)
        products.append(product)
    families = _Families(columns, products, problems)
    return Catalogue(
        columns=tuple(headers),
        delimiter=delimiter,
        products=families.join(),
        problems=tuple(sorted(families.problems, key=lambda problem: problem.line)),
        rows=rows,
    )


def _of_headers(columns: Sequence[Column], line: int) -> list[Problem]:
    """Units that are not known, or not said."""
    found = []
    for column in columns:
        if column.field not in MEASURES:
            continue
        if column.factor is None:
            data = {"value": column.unit}
            found.append(Problem(line, column.header, "unit-unknown", False, data))
        elif not column.unit:
            unit = "kg" if column.field == "weight" else "cm"
            found.append(Problem(line, column.header, "unit-assumed", False, {"value": unit}))
    return found


@dataclass
class _Families:
    """Puts variations into their parents, wherever in the file they stand."""

    columns: Sequence[Column]
    rows: list[Product]
    problems: list[Problem]
    by_id: dict[int, Product] = field(default_factory=dict)
    by_sku: dict[str, Product] = field(default_factory=dict)

    def join(self) -> tuple[Product, ...]:
        """Find the parents and return what has none, each with its variations."""
        self.headers = {column.field: column.header for column in self.columns if column.field}
        self.refused = {problem.line for problem in self.problems if problem.refused}
        for product in self.rows:
            self._enlist(product)
        children: dict[int, list[Product]] = {}
        for product in self.rows:
            if product.is_variation and product.line not in self.refused:
                parent = self._parent(product)
                if parent is not None:
                    children.setdefault(parent.line, []).append(product)
        for product in self.rows:
            if product.line not in self.refused:
                self._check_links(product)
        return tuple(
            replace(product, variations=tuple(children.get(product.line, ())))
            for product in self.rows
            if product.line not in self.refused and not product.is_variation
        )

    def _enlist(self, product: Product) -> None:
        """Note what names a row; the second row of the same name is refused."""
        if product.line in self.refused:
            # Kept where it can be found, so that its variations can say what became of it.
            if product.id is not None:
                self.by_id.setdefault(product.id, product)
            if product.sku:
                self.by_sku.setdefault(product.sku.casefold(), product)
            return
        same_id = self.by_id.get(product.id) if product.id is not None else None
        same_sku = self.by_sku.get(product.sku.casefold()) if product.sku else None
        if same_id and same_id.line not in self.refused:
            self._refuse(product, "id", "id-repeated", str(product.id), same_id.line)
        elif same_sku and same_sku.line not in self.refused:
            self._refuse(product, "sku", "sku-repeated", product.sku, same_sku.line)
        else:
            if product.id is not None:
                self.by_id[product.id] = product
            if product.sku:
                self.by_sku[product.sku.casefold()] = product

    def _refuse(
        self, product: Product, name: str, code: str, value: str, first: int | None = None
    ) -> None:
        data = {"value": value[:VALUE_SHOWN]} | ({} if first is None else {"first": first})
        self.problems.append(Problem(product.line, self.headers.get(name, ""), code, True, data))
        self.refused.add(product.line)

    def find(self, reference: Reference) -> Product | None:
        """The row that a reference names; SKUs match without regard to case, as in a shop."""
        if reference.id is not None:
            return self.by_id.get(reference.id)
        return self.by_sku.get(reference.sku.casefold())

    def _parent(self, product: Product) -> Product | None:
        """The parent of a variation, or nothing and the reason among the problems."""
        reference = product.parent
        parent = self.find(reference) if reference else None
        if parent is None or parent is product:
            self._refuse(product, "parent", "parent-unknown", str(reference))
        elif parent.is_variation:
            self._refuse(product, "parent", "parent-is-variation", str(reference))
        elif parent.line in self.refused:
            self._refuse(product, "parent", "parent-refused", str(reference), parent.line)
        else:
            return parent
        return None

    def _check_links(self, product: Product) -> None:
        """Say which products it names that the file does not hold; it is kept all the same."""
        for name in ("grouped", "upsells", "cross_sells"):
            links: Iterable[Reference] = getattr(product, name)
            for link in links:
                found = self.find(link)
                if found is None or found.line in self.refused:
                    data = {"value": str(link)[:VALUE_SHOWN]}
                    header = self.headers.get(name, "")
                    self.problems.append(
                        Problem(product.line, header, "reference-unknown", False, data)
                    )
