"""Fails if an include points the wrong way between the layers, or a layer sees a library that is not its business."""

import pathlib
import re
import sys

# Folder of the including file -> what it may include of our own code. The longest matching folder decides.
LAYERS = {
    "common/base": ["common/base"],
    "common/access": ["common/base", "common/domain", "common/access"],
    "common/domain": ["common/base", "common/domain"],
    "common/api": ["common/base", "common/domain", "common/api"],
    "common/mysql": ["common/base", "common/mysql"],
    "common/ledger": ["common/base", "common/domain", "common/mysql", "common/ledger"],
    "common/rpc": ["common/base", "common/access", "common/domain", "common/rpc"],
    "common/register": ["common"],
    "services/enterprise": ["common", "services/enterprise"],
    "services/loan": ["common", "services/loan"],
    "services/contract": ["common", "services/contract"],
    "services/identity": ["common", "services/identity"],
    "services/report": ["common/base", "common/domain", "common/rpc", "services/report"],
    # The gateway takes files by the very importer that kc is, so that a file means the same at every door.
    "services/gateway": ["common/base", "common/domain", "common/api", "common/rpc", "services/gateway",
                         "tools/kc/import.h"],
    "tools": ["common/base", "common/domain", "common/api", "common/rpc", "tools"],
    "tests": ["common", "tests"],
    "tests/fuzz": ["common", "tools", "tests"],
    "tests/tolerance": ["common", "tools", "tests"],
    "tests/bench": ["common", "services", "tests"],
    "tests/openapi": ["services", "tests"],
}
# A test may look further down than the code it tests.
FOR_TESTS = ["tests/support", "common"]

# Rules are pure functions: values in, values out.
RULES_SEE = ["common/access", "common/base", "common/domain", "common/ledger/total.h"]

GRPC = re.compile(r"^grpc(pp)?/|\.grpc\.pb\.h$")
GRPC_LAYERS = ("common/rpc", "common/register", "services", "tools", "tests")
DRIVER = re.compile(r"^(cppconn|mysql|mariadb)/|^(mysql_connection|mysql_driver|mysql)\.h$")
# The areas whose messages a layer may see; services and tools may see all.
PROTO = re.compile(r"^kechuang/(\w+)/v1/")
COMMON_PROTOS = ("api", "identity", "ledger")  # who calls is the business of all

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]')


def is_within(path, folders):
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def layer_of(path):
    found = [folder for folder in LAYERS if is_within(path, [folder])]
    return max(found, key=len) if found else None


def fault_of(path, included):
    """What is wrong with this file including that one; empty if nothing."""
    is_test = path.startswith("tests/") or re.search(r"(/|_)test(ing|_\w+)?\.(h|cc)$|/test_\w+\.(h|cc)$", path) is not None
    is_rules = re.search(r"^services/\w+/(\w+_)?rules\.(h|cc)$", path) is not None
    layer = layer_of(path)
    if layer is None:
        return "its folder has no place in the layers; name one in tests/checks/includes.py"
    if GRPC.search(included) and (is_rules or not is_within(path, GRPC_LAYERS)) and not is_test:
        return "gRPC is for common/rpc and what stands on it; return a Status or a message instead"
    if DRIVER.search(included) and layer != "common/mysql":
        return "the SQL driver is for common/mysql; use mysql::Database"
    proto = PROTO.search(included)
    if proto and layer.startswith("common/") and not is_test and proto.group(1) not in COMMON_PROTOS:
        return "common knows nothing of any one service; take the message as a google::protobuf::Message"
    if not included.startswith(("common/", "services/", "tools/", "tests/")):
        return ""
    if is_rules and not is_test and not is_within(included, RULES_SEE + [layer]):
        return "rules see no SQL, no RPC and no engine; pass in values"
    if is_within(included, LAYERS[layer]) or (is_test and is_within(included, FOR_TESTS)):
        return ""
    return f"{layer} may see {', '.join(LAYERS[layer])}; move what is shared into common"


def main(files):
    faults = 0
    for path in files:
        for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            fault = fault_of(path, match.group(1)) if match else ""
            if fault:
                print(f"{path}:{number}: include direction: {match.group(1)}: {fault}")
                faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
