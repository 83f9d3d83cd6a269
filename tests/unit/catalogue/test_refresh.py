"""The tool that reads AWS's price list, on a small list of the same form and a copy of the data."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "homeport" / "catalogue" / "data" / "aws_machines"
HEADS = (
    "SKU,TermType,PricePerUnit,Currency,Unit,Instance Type,Tenancy,Operating System,"
    "CapacityStatus,Pre Installed S/W"
)
OFFER = f"""\
"FormatVersion","v1.0"
"Disclaimer","prices may change"
"Publication Date","2026-11-20T00:00:00Z"
"Version","20261120"
"OfferCode","AmazonEC2"
{HEADS}
A,OnDemand,0.9000000000,USD,Hrs,g6.xlarge,Shared,Linux,Used,NA
B,OnDemand,1.5000000000,USD,Hrs,g6.xlarge,Dedicated,Linux,Used,NA
C,OnDemand,1.9000000000,USD,Hrs,g6.xlarge,Shared,Windows,Used,NA
D,Reserved,0.5000000000,USD,Hrs,g6.xlarge,Shared,Linux,Used,NA
E,OnDemand,0.0000000000,USD,Hrs,g6.2xlarge,Shared,Linux,UnusedCapacityReservation,NA
F,OnDemand,1.1000000000,USD,Hrs,g6.2xlarge,Shared,Linux,Used,NA
G,OnDemand,9.9000000000,USD,Hrs,x9.huge,Shared,Linux,Used,NA
"""


def _refresh(tmp_path: Path, offer: str, region: str) -> subprocess.CompletedProcess[str]:
    data = tmp_path / "data"
    if not data.exists():
        shutil.copytree(DATA, data)
    (tmp_path / "offer.csv").write_text(offer)
    return subprocess.run(
        [sys.executable, "tools/refresh_catalogue.py", "--offer-file", tmp_path / "offer.csv",
         "--data", data, region],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _prices(tmp_path: Path, family: str) -> dict[tuple[str, str], float]:
    document = json.loads((tmp_path / "data" / f"{family}.json").read_text())
    return {(row["region"], row["name"]): row["usd_per_hour"] for row in document["prices"]}


def test_a_new_region_gets_the_prices_of_carried_machines(tmp_path: Path) -> None:
    before = {path.name: path.read_text() for path in DATA.glob("*.json")}
    done = _refresh(tmp_path, OFFER, "eu-west-1")
    assert (done.returncode, done.stderr) == (0, "")
    prices = _prices(tmp_path, "g6")
    assert prices["eu-west-1", "g6.xlarge"] == 0.9
    assert prices["eu-west-1", "g6.2xlarge"] == 1.1
    assert prices["us-east-1", "g6.xlarge"] == 0.8048
    assert len(prices) == 10
    document = json.loads((tmp_path / "data" / "g6.json").read_text())
    assert document["sources"]["offer-eu-west-1"]["date"] == "2026-11-20"
    # Families that the list does not name stay as they were, to the byte.
    for name in ("p5.json", "inf2.json", "c7i.json"):
        assert (tmp_path / "data" / name).read_text() == before[name]


def test_a_region_that_is_known_gets_its_new_prices_only(tmp_path: Path) -> None:
    assert _refresh(tmp_path, OFFER, "us-east-1").returncode == 0
    prices = _prices(tmp_path, "g6")
    assert prices["us-east-1", "g6.xlarge"] == 0.9
    assert prices["us-east-1", "g6.48xlarge"] == 13.3504
    assert len(prices) == 8


def test_it_may_run_twice(tmp_path: Path) -> None:
    _refresh(tmp_path, OFFER, "us-east-1")
    once = {path.name: path.read_text() for path in (tmp_path / "data").glob("*.json")}
    _refresh(tmp_path, OFFER, "us-east-1")
    assert {path.name: path.read_text() for path in (tmp_path / "data").glob("*.json")} == once


def test_something_else_than_a_price_list_changes_nothing(tmp_path: Path) -> None:
    done = _refresh(tmp_path, "<html>not found</html>\n", "us-east-1")
    assert done.returncode == 1
    assert "no price list" in done.stderr
    for path in DATA.glob("*.json"):
        assert (tmp_path / "data" / path.name).read_text() == path.read_text()
