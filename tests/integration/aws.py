"""AWS on the loopback: moto's server, asked through boto3 what it holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import boto3

from tests.loopback import hold, listens, port_of
from tests.waiting import until

REGION = "eu-west-3"
KEY = "testing"


class Aws:
    """One cloud that speaks AWS's API, at an address and in a process of its own."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._held = hold(host)
        self._port = port_of(self._held)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", host, "-p", str(self._port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self._port}"

    def wait(self) -> None:
        """Wait until it answers."""
        until(self._answers, "moto's server answers")

    def _answers(self) -> bool:
        assert self._process.poll() is None, "moto's server has ended"
        return listens(self._port, self.host)

    def stop(self) -> None:
        self._process.kill()  # what it holds is in its memory alone
        self._process.wait()
        self._held.close()

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(
            service, endpoint_url=self.url, region_name=region,
            aws_access_key_id=KEY, aws_secret_access_key=KEY,
        )  # fmt: skip

    def bucket(self, name: str, tags: Mapping[str, str], region: str = REGION) -> None:
        """Make a bucket, as somebody else does."""
        s3 = self.client("s3", region)
        s3.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}
        )
        self.tag(name, tags)

    def tag(self, bucket: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of a bucket."""
        self.client("s3").put_bucket_tagging(
            Bucket=bucket, Tagging={"TagSet": _listed(tags)}
        )

    def database(self, name: str, tags: Mapping[str, str]) -> None:
        """Make a database and a snapshot of it, of which only the first is tagged."""
        rds = self.client("rds")
        rds.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro",
            Engine="postgres", MasterUsername="u", MasterUserPassword="no-secret-here",
            AllocatedStorage=10, Tags=_listed(tags),
        )  # fmt: skip
        rds.create_db_snapshot(
            DBSnapshotIdentifier=f"{name}-last", DBInstanceIdentifier=name
        )

    def keys(self, bucket: str) -> list[str]:
        """The names of the objects in a bucket."""
        found = self.client("s3").list_objects_v2(Bucket=bucket)
        return [one["Key"] for one in found.get("Contents", [])]

    def holds(self) -> dict[str, dict[str, str]]:
        """The tags of every bucket, machine and database that there is, by its name."""
        s3, ec2, rds = self.client("s3"), self.client("ec2"), self.client("rds")
        found = {
            f"bucket {one['Name']}": s3.get_bucket_tagging(Bucket=one["Name"])["TagSet"]
            for one in s3.list_buckets()["Buckets"]
        }
        for reservation in ec2.describe_instances()["Reservations"]:
            for one in reservation["Instances"]:
                found["machine"] = one["Tags"]
        for one in rds.describe_db_instances()["DBInstances"]:
            found[f"database {one['DBInstanceIdentifier']}"] = one["TagList"]
        return {
            name: {tag["Key"]: tag["Value"] for tag in tags}
            for name, tags in found.items()
        }


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def provider(cloud: Aws, alias: str = "") -> str:
    """A block of the real provider whose requests all go to `cloud`."""
    named = f'  alias = "{alias}"\n' if alias else ""
    endpoints = "".join(
        f'    {service} = "{cloud.url}"\n'
        for service in ("ec2", "iam", "rds", "s3", "sts")
    )
    return f"""
provider "aws" {{
{named}  region                      = "{REGION}"
  access_key                  = "{KEY}"
  secret_key                  = "{KEY}"
  s3_force_path_style         = true
  skip_credentials_validation = true
  skip_get_ec2_platforms      = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  endpoints {{
{endpoints}  }}
}}
"""
