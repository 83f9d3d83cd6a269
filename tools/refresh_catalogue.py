"""Read AWS's public price list, and with credentials its machines, into the catalogue.

    make refresh-catalogue ARGS="eu-west-1 us-west-2"           prices of these regions, no credentials
    python tools/refresh_catalogue.py --machines us-east-1     sizes and regions of the carried families too
    python tools/refresh_catalogue.py --offer-file F REGION    a price list that was downloaded before

Only what the catalogue already carries is refreshed, each family in its own file; what changed is for a
person to read in the diff. Never run by tests, which give it a small price list of their own. The price list
is the AWS Price List bulk interface (AmazonEC2, one CSV a region, some hundred MB).
"""

import argparse
import csv
import datetime
import io
import json
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "homeport" / "catalogue" / "data" / "aws_machines"
OFFER = (
    "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/{region}/index.csv"
)
TIMEOUT_SECONDS = 60
HEADER_LINES = 5
"""Lines of the CSV before its heads: format, disclaimer, publication date, version, offer code."""
# Linux by the hour on shared machines, without licences and reservations.
WANTED = {
    "TermType": "OnDemand",
    "Operating System": "Linux",
    "Tenancy": "Shared",
    "CapacityStatus": "Used",
    "Pre Installed S/W": "NA",
    "Unit": "Hrs",
    "Currency": "USD",
}


def read_offer(lines: Iterable[str]) -> tuple[str, dict[str, float]]:
    """Publication date and machine -> USD an hour, of one region's CSV.

    Raises `SystemExit` for something that is no price list.
    """
    source = iter(lines)
    head = [next(source, "") for _ in range(HEADER_LINES)]
    published = next(
        (row[1] for row in csv.reader(head) if row and row[0] == "Publication Date"), None
    )
    if published is None:
        raise SystemExit("no price list: the publication date is missing from its first lines")
    prices: dict[str, float] = {}
    for row in csv.DictReader(source):
        if all(row.get(name) == value for name, value in WANTED.items()):
            price = float(row["PricePerUnit"])
            if price > 0:
                prices[row["Instance Type"]] = price
    return published[:10], prices


def with_prices(
    document: dict[str, Any], region: str, published: str, prices: dict[str, float]
) -> dict[str, Any]:
    """The family's file with the region's prices in the place of the old ones."""
    key = f"offer-{region}"
    names = [row["name"] for row in document["instances"]]
    found = [name for name in names if name in prices]
    kept = [
        row for row in document["prices"] if row["region"] != region or row["name"] not in found
    ]
    rows = [
        {"region": region, "name": name, "usd_per_hour": prices[name], "source": key}
        for name in found
    ]
    text = f"AWS Price List, AmazonEC2 offer file of {region}; Linux, on demand, shared tenancy"
    sources = {**document["sources"], key: {"text": text, "date": published, "verified": True}}
    used = {row["source"] for row in (*document["instances"], *kept, *rows)}
    used.add(document["offered"]["source"])
    return {
        **document,
        "sources": {name: sources[name] for name in sorted(sources) if name in used},
        "prices": sorted([*kept, *rows], key=lambda row: (row["region"], names.index(row["name"]))),
    }


def described(client: Any, names: list[str]) -> dict[str, dict[str, Any]]:
    """EC2's own description of machines: vCPU, memory, accelerators, disk, network."""
    pages = client.get_paginator("describe_instance_types").paginate(InstanceTypes=names)
    return {one["InstanceType"]: one for page in pages for one in page["InstanceTypes"]}


def with_machines(
    document: dict[str, Any], found: dict[str, dict[str, Any]], today: str
) -> dict[str, Any]:
    """The family's file with what EC2 says of its machines."""
    rows = [
        {**row, **_facts(found[row["name"]])} if row["name"] in found else row
        for row in document["instances"]
    ]
    source = {"text": "EC2 DescribeInstanceTypes", "date": today}
    return {
        **document,
        "instances": rows,
        "sources": {**document["sources"], "describe": source},
    }


def _facts(one: dict[str, Any]) -> dict[str, Any]:
    devices = (one.get("GpuInfo") or {}).get("Gpus") or (one.get("NeuronInfo") or {}).get(
        "NeuronDevices"
    )
    cards = one["NetworkInfo"]["NetworkCards"]
    return {
        "vcpu": one["VCpuInfo"]["DefaultVCpus"],
        "memory_gib": one["MemoryInfo"]["SizeInMiB"] // 1024,
        "accelerator_count": devices[0]["Count"] if devices else 0,
        "accelerator_memory_mib": devices[0]["MemoryInfo"]["SizeInMiB"] if devices else 0,
        "local_disk_gb": (one.get("InstanceStorageInfo") or {}).get("TotalSizeInGB", 0),
        "network_gbps": sum(card.get("BaselineBandwidthInGbps", 0) for card in cards),
        "source": "describe",
    }


def family_text(document: dict[str, Any]) -> str:
    """The file's text: one source, one machine and one price a line."""

    def block(rows: Iterable[Any]) -> str:
        return ",\n".join(f"  {json.dumps(row)}" for row in rows)

    sources = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in document["sources"].items()
    )
    return (
        f'{{\n "family": {json.dumps(document["family"])},\n "sources": {{\n{sources}\n }},\n'
        f' "offered": {json.dumps(document["offered"])},\n'
        f' "instances": [\n{block(document["instances"])}\n ],\n'
        f' "prices": [\n{block(document["prices"])}\n ]\n}}\n'
    )


def _downloaded(region: str) -> Iterator[str]:
    print(f"{region}: reading the price list, some hundred MB", file=sys.stderr)
    url = OFFER.format(region=region)
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - always https
        yield from io.TextIOWrapper(answer, "utf-8")


def main(arguments: list[str]) -> int:
    """Refresh every family's file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("regions", nargs="+")
    parser.add_argument("--machines", action="store_true", help="ask EC2 too, with credentials")
    parser.add_argument("--offer-file", type=Path, help="a price list of the one region named")
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args(arguments)
    documents = {path: json.loads(path.read_text()) for path in sorted(asked.data.glob("*.json"))}
    for region in asked.regions:
        lines = asked.offer_file.open() if asked.offer_file else _downloaded(region)
        published, prices = read_offer(lines)
        for path, document in documents.items():
            documents[path] = with_prices(document, region, published, prices)
        print(f"{region}: price list of {published}, {len(prices)} machines")
    if asked.machines:
        import boto3

        client = boto3.client("ec2", region_name=asked.regions[0])
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        for path, document in documents.items():
            found = described(client, [row["name"] for row in document["instances"]])
            documents[path] = with_machines(document, found, today)
    for path, document in documents.items():
        path.write_text(family_text(document))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
