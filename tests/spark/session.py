"""Run queries in a local Spark session: ``python session.py <job.json>``, by Spark's environment.

The job has ``inputs`` ({relation: Parquet file}), ``queries`` ({name: SQL}) and ``out``, a folder.
Each query leaves ``<out>/<name>``, a folder of Parquet; where it cannot run, the first line of its
error stands in ``<out>/errors.json`` ({name: line}).
"""

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

# What dbt-spark sets (no ANSI), UTC as in profiles.yml of the project, and a naive timestamp of a
# Parquet file read as the instant in UTC that it is: Spark's TIMESTAMP.
SETTINGS = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    # One small machine.
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
}


def main(job_file: str) -> None:
    """Run a job's queries one after the other."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    out = Path(job["out"])
    builder = SparkSession.builder.master("local[2]").appName("stayhouse")
    for name, value in {**SETTINGS, "spark.sql.warehouse.dir": str(out / "tables")}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    for relation, file in job["inputs"].items():
        if "." in relation:
            spark.sql(f"create database if not exists {relation.split('.')[0]}")
        spark.sql(f"create table {relation} using parquet options (path '{file}')")
    errors = {}
    for name, sql in job["queries"].items():
        try:
            spark.sql(sql).coalesce(1).write.parquet(str(out / name))
        except Exception as error:
            lines = [line for line in str(error).splitlines() if line.strip()]
            errors[name] = lines[0] if lines else type(error).__name__
    (out / "errors.json").write_text(json.dumps(errors), encoding="utf-8")
    spark.stop()


main(sys.argv[1])
