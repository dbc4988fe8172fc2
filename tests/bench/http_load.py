"""HTTP load on the gateway by wrk, with the processor time that the processes spent on it."""

import re
import subprocess
import tempfile

from measure import Failed, cpu_seconds

# Every thread asks for the names in an order of its own large stride, as the load over gRPC does.
SCRIPT = """
local names = {}
for line in io.lines("%(names)s") do names[#names + 1] = line end
local number = 0
wrk.headers["Authorization"] = "Bearer " .. io.lines("%(key)s")()
function request()
  number = number + 1
  return wrk.format("GET", "/v1/" .. names[(number * 7919) %% #names + 1])
end
"""


def run_http_load(pids, url, names_file, key_file, in_flight, seconds):
    """Reads records by name for so long; {"rate", "cpu": process -> microseconds per call}."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % {"names": names_file, "key": key_file})
        script.flush()
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        done = subprocess.run(["wrk", "-t1", f"-c{in_flight}", f"-d{seconds}s", "-s", script.name, url], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    calls = re.search(r"(\d+) requests in", done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if done.returncode != 0 or not calls or not rate or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise Failed(f"wrk {url}: {done.stdout}")
    return {"rate": float(rate[1]),
            "cpu": {name: (cpu_seconds(pid) - before[name]) * 1e6 / int(calls[1]) for name, pid in pids.items()}}
