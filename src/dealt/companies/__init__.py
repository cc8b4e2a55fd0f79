"""Companies and the contacts that belong to them."""

from dealt.companies.finding import find_company_id, find_company_ids, list_companies, list_member_ids, read_company
from dealt.companies.model import Company, CompanyIds, CompanyRef, company_of

__all__ = [
    "Company",
    "CompanyIds",
    "CompanyRef",
    "company_of",
    "find_company_id",
    "find_company_ids",
    "list_companies",
    "list_member_ids",
    "read_company",
]
