"""Records as a caller asks for them, fresh for each door."""

from shared import day

CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SUBJECT_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SUBJECT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
WAN = 1_000_000  # 1 万元 in fen

ENTERPRISE = "enterprise.v1.EnterpriseService"
LOAN = "loan.v1.LoanService"
CONTRACT = "contract.v1.ContractService"


def credit_code(number):
    """A unified social credit code with both check characters right (GB 32100-2015, GB 11714-1997)."""
    subject = f"KB{number:06d}"
    rest = -sum(weight * SUBJECT_ALPHABET.index(char) for weight, char in zip(SUBJECT_WEIGHTS, subject)) % 11
    code = "91640105" + subject + ("X" if rest == 10 else str(rest))
    total = sum(pow(3, place, 31) * CODE_ALPHABET.index(char) for place, char in enumerate(code))
    return code + CODE_ALPHABET[-total % 31]


def fresh_code(to):
    return to.learn(credit_code(to.number()), "code")


def enterprise(to, **fields):
    """A new enterprise; its name holds a text of its own."""
    return {"credit_code": fresh_code(to), "enterprise_name": f"宁夏{to.fresh('firm')}科技有限公司",
            "located_division_code": "640105", **fields}


def create_enterprise(to, **fields):
    return to.ok("CreateEnterprise", {"enterprise": enterprise(to, **fields)})


def high_tech(to):
    """An enterprise that holds the class HNTE."""
    made = create_enterprise(to)
    to.ok("GrantCertification", {"parent": made.name, "certification": certification(to)})
    return made


def certification(to, issued=-30):
    number = to.learn(f"GR{to.number():012d}", "certificate")
    return {"certification_class": "CERTIFICATION_CLASS_HNTE", "certificate_number": number, "issue_date": day(issued)}


def policy():
    return {"valid_from": {"year": 2020, "month": 1, "day": 1}, "source_document": "宁科规发〔2020〕1号",
            "route": "LOAN_ROUTE_BANK_FIRST", "eligible_classes": ["HNTE", "TECH_SME"], "per_enterprise_cap_fen": 500 * WAN,
            "hnte_cap_fen": 1000 * WAN, "term_max_months": 12, "rate_ceiling_ppm": 55000, "compensation_ratio_ppm": 500000,
            "leverage_multiple": 10, "overdue_days_before_claim": 90, "suspend_ratio_ppm": 50000, "warn_ratio_ppm": 30000}


def create_pool(to, paid_in=600 * WAN):
    name = to.fresh("pool")
    made = to.ok("CreatePool", {"pool_id": name, "pool": {"pool_name": f"资金池 {name}", "policies": [policy()]}})
    if paid_in:
        learn_posting(to, to.ok("ContributeToPool", {"pool": made.name, "amount_fen": paid_in, "posting_date": day(-20),
                                                     "contributor": "区财政局"}))
    return made


def learn_posting(to, posting):
    """A posting, whose id the register chooses."""
    to.learn(posting.name.rpartition("/")[2], "posting")
    return posting


def create_bank(to):
    name = to.fresh("bank")
    return to.ok("CreateBank", {"bank_id": name, "bank": {"bank_name": f"{name} 银行", "short_names": [f"{name} 行"]}})


def loan(firm, bank, pool, amount=300 * WAN):
    return {"enterprise": firm.name, "bank": bank.name, "pool": pool.name, "applied_amount_fen": amount,
            "bank_opinion": {"positive": True, "amount_fen": amount, "rate_ppm": 36500, "term_months": 12}}


def create_loan(to, amount=300 * WAN, **fields):
    asked = {**loan(high_tech(to), create_bank(to), create_pool(to), amount), **fields}
    return to.ok("CreateLoan", {"loan_id": to.fresh("loan"), "loan": asked})


def consent(to):
    return {"letter_number": f"宁科贷函 {to.fresh('letter')} 号", "issue_date": day(), "expiry_date": day(60)}


def contract(to, **fields):
    """A draft that may be submitted: 50 万元, of which 40 万元 technical."""
    return {"contract_name": f"{to.fresh('title')} 控制系统开发", "contract_class": "CONTRACT_CLASS_DEVELOPMENT",
            "subclass": "CONTRACT_SUBCLASS_COMMISSIONED_DEVELOPMENT",
            "seller": {"party_name": "宁夏示例大学", "credit_code": "11640103010094039Q", "party_type": "022",
                       "division_code": "640105"},
            "buyer": {"party_name": "银川示例电机有限公司", "party_type": "150", "division_code": "640104"},
            "signing_date": day(-20), "total_amount_fen": 50 * WAN, "technical_amount_fen": 40 * WAN,
            "technology_field": "TECHNOLOGY_FIELD_ADVANCED_MANUFACTURING", "ip_type": "IP_TYPE_TECHNICAL_SECRET",
            "documents": [{"kind": "DOCUMENT_KIND_CONTRACT_TEXT", "title": "技术开发合同.pdf"}],
            "registry_division_code": "640105", **fields}


def create_contract(to, **fields):
    return to.ok("CreateContract", {"contract_id": to.fresh("contract"), "contract": contract(to, **fields)})


def accepted_contract(to, **fields):
    made = create_contract(to, **fields)
    to.ok("SubmitContract", {"name": made.name})
    return to.ok("AcceptContract", {"name": made.name})


def registered_contract(to, **fields):
    return to.ok("RegisterContract", {"name": accepted_contract(to, **fields).name})
