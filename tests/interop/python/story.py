"""story.py STUBS ADDRESS KEY: makes two contracts, gets one, lists both by pages, and is refused twice; prints what it saw."""

import sys

import google
import grpc

LANGUAGE = "python"
STUBS, ADDRESS, KEY = sys.argv[1:]
# Debian's google is a package of its own, which looks for google.rpc in its folder alone.
sys.path.insert(0, STUBS)
google.__path__.append(f"{STUBS}/google")

from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from kechuang.contract.v1 import contract_pb2, contract_service_pb2, contract_service_pb2_grpc  # noqa: E402

CALL = {"timeout": 20, "metadata": (("authorization", f"Bearer {KEY}"),)}


def create(stub, which, amount_fen):
    contract = contract_pb2.Contract(contract_name="高效节能电机控制系统开发", total_amount_fen=amount_fen)
    request = contract_service_pb2.CreateContractRequest(contract_id=f"d-{LANGUAGE}-{which}", contract=contract)
    made = stub.CreateContract(request, **CALL)
    print(f"created {made.name} state {made.state} fen {made.total_amount_fen}")


def get(stub, which):
    contract = stub.GetContract(contract_service_pb2.GetContractRequest(name=f"contracts/d-{LANGUAGE}-{which}"), **CALL)
    print(f"got {contract.contract_name} revision {contract.revision}")


def list_all(stub):
    request = contract_service_pb2.ListContractsRequest(page_size=1)
    pages = 0
    while pages == 0 or request.page_token:
        page = stub.ListContracts(request, **CALL)
        for contract in page.contracts:
            print(f"listed {contract.name}")
        request.page_token = page.next_page_token
        pages += 1
    print(f"pages {pages}")


def refused(call, request):
    try:
        call(request, **CALL)
    except grpc.RpcError as error:
        print(f"refused {error.code().value[0]}")
        metadata = dict(error.trailing_metadata())
        for detail in status_pb2.Status.FromString(metadata["grpc-status-details-bin"]).details:
            print_detail(detail)
        return
    sys.exit("it was not refused")


def print_detail(detail):
    info, chinese, request = error_details_pb2.ErrorInfo(), error_details_pb2.LocalizedMessage(), error_details_pb2.BadRequest()
    if detail.Unpack(info):
        print(f"reason {info.reason} of {info.domain}")
    if detail.Unpack(chinese):
        print(f"chinese {chinese.message}")
    if detail.Unpack(request):
        for violation in request.field_violations:
            print(f"wrong {violation.field} {violation.reason}")


def main():
    with grpc.insecure_channel(ADDRESS) as channel:
        stub = contract_service_pb2_grpc.ContractServiceStub(channel)
        create(stub, "first", 50_000_000)
        create(stub, "second", 60_000_000)
        get(stub, "first")
        list_all(stub)
        refused(stub.GetContract, contract_service_pb2.GetContractRequest(name="contracts/d-nothing"))
        wrong = contract_pb2.Contract(seller=contract_pb2.Party(credit_code="1"), total_amount_fen=-1)
        refused(stub.CreateContract, contract_service_pb2.CreateContractRequest(contract=wrong))


if __name__ == "__main__":
    main()
