"""Write and run SQL in one local Spark session: ``python session.py <job.json>``, by Spark's
environment, from the project's folder.

The job has ``inputs`` ({relation: Parquet file}), ``templates`` ({name: Jinja of this project}),
``rooms`` (those whose models run; none = all), ``leave_out`` (models that do not run), and
``profiles`` and ``out``, folders. Each SQL model and each template leaves ``<out>/<name>``, a
folder of Parquet. ``<out>/answers.json`` says where the models stand, how long each query took and,
where it cannot run, the first line of its error.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

from dbt.cli.main import dbtRunner
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
    # One small machine and small tables.
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
}


def main(job_file: str) -> None:
    """Write the SQL of a job, then run it."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    out = Path(job["out"])
    builder = SparkSession.builder.master("local[2]").appName("stayhouse")
    for name, value in {**SETTINGS, "spark.sql.warehouse.dir": str(out / "tables")}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    queries, relations = _written(job)
    # To read what a file's columns are takes a while: only of files that a query reads.
    read = "\n".join(queries.values())
    for relation, file in job["inputs"].items():
        if relation not in read:
            continue
        if "." in relation:
            spark.sql(f"create database if not exists {relation.split('.')[0]}")
        spark.sql(f"create table {relation} using parquet options (path '{file}')")
    seconds, errors = {}, {}

    def run(name: str) -> None:
        began = perf_counter()
        try:
            spark.sql(queries[name]).coalesce(1).write.parquet(str(out / name))
        except Exception as error:
            lines = [line for line in str(error).splitlines() if line.strip()]
            errors[name] = lines[0] if lines else type(error).__name__
        seconds[name] = perf_counter() - began

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, queries))
    answers = {"relations": relations, "seconds": seconds, "errors": errors}
    (out / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    spark.stop()


def _written(job: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the SQL of models and templates by name, and the relation of each model."""
    places = ["--target-path", f"{job['out']}/target", "--log-path", f"{job['out']}/logs"]
    places += ["--profiles-dir", job["profiles"]]
    manifest = _done(dbtRunner().invoke(["--quiet", "parse", *places]))
    # What macros read as `graph`.
    manifest.build_flat_graph()
    dbt = dbtRunner(manifest)
    compile = ["--quiet", "compile", *places, "--no-populate-cache"]
    written = _done(dbt.invoke([*compile, "--select", "path:models"]))
    nodes = [result.node for result in written.results if result.node.resource_type == "model"]
    nodes = [node for node in nodes if node.schema in (job["rooms"] or [node.schema])]
    nodes = [node for node in nodes if node.name not in job["leave_out"]]
    queries = {node.name: node.compiled_code for node in nodes}
    text = "".join(f"--8<-- {name}\n{sql}\n" for name, sql in job["templates"].items())
    inline = _done(dbt.invoke([*compile, "--no-introspect", "--inline", text]))
    parts = inline.results[0].node.compiled_code.split("--8<-- ")[1:]
    queries |= {name: sql.strip() for name, sql in (part.split("\n", 1) for part in parts)}
    return queries, {node.name: f"{node.schema}.{node.alias}" for node in nodes}


def _done(invoked: Any) -> Any:
    if not invoked.success:
        raise SystemExit(str(invoked.exception or invoked.result))
    return invoked.result


main(sys.argv[1])
