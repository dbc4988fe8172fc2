#include <algorithm>
#include <map>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/domain/credit_code.h"
#include "common/domain/name_text.h"
#include "kechuang/enterprise/v1/reasons.pb.h"
#include "services/enterprise/handlers.h"
#include "services/enterprise/matching.h"
#include "services/enterprise/rules.h"
#include "services/enterprise/totals.h"

namespace kechuang::enterprise {
namespace {

constexpr int kSearchPageDefault = 20;
constexpr int kSearchPageMax = 100;
// Enterprises that hold the longest word of a query, among which the other words are looked for: at most, and how many
// times as many at the next try.
constexpr int kSearchCandidatesMax = 1000;
constexpr int kSearchCandidatesFactor = 4;
// Enterprises that bear one exact name; more are as ambiguous.
constexpr int kNameHoldersMax = 100;

absl::Status QueryEmpty() {
  Faults faults;
  faults.Add("query", v1::QUERY_EMPTY,
             "the query holds no letter, digit or Chinese character; give part of a name or code",
             "查询内容没有文字或数字，请输入名称或信用代码的一部分");
  return faults.status();
}

// The words of a query in their plain form, the longest first.
std::vector<std::string> WordsOf(absl::string_view query) {
  std::vector<std::string> words;
  const std::string plain = absl::StrReplaceAll(query, {{"\u3000", " "}, {"\u00a0", " "}});
  for (const absl::string_view word : absl::StrSplit(plain, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty())) {
    if (std::string normalised = NormaliseName(word); !normalised.empty()) words.push_back(std::move(normalised));
  }
  std::stable_sort(words.begin(), words.end(),
                   [](const std::string& a, const std::string& b) { return CodePoints(a) > CodePoints(b); });
  return words;
}

// What a search has found so far.
struct Found {
  std::vector<v1::Enterprise> enterprises;  // with all words
  bool more_candidates = false;             // others hold the longest word, too
};

// Looks for all words among so many enterprises that hold the first one.
absl::StatusOr<Found> FindAmong(ledger::Register& ledger, absl::Time deadline, const std::vector<std::string>& words,
                                int candidates) {
  ASSIGN_OR_RETURN(std::vector<v1::Enterprise> read,
                   ledger.ReadByKeyPrefix<v1::Enterprise>(deadline, FindPrefix(words.front()), candidates));
  Found found;
  found.more_candidates = read.size() == static_cast<size_t>(candidates);
  for (v1::Enterprise& enterprise : read) {
    if (HoldsWords(enterprise, words)) found.enterprises.push_back(std::move(enterprise));
  }
  return found;
}

// Enterprises that bear the name now or bore it before.
absl::StatusOr<std::vector<v1::Enterprise>> BearersOf(ledger::Register& ledger, absl::Time deadline,
                                                      absl::string_view enterprise_name) {
  std::vector<v1::Enterprise> bearers;
  if (NormaliseName(enterprise_name).empty()) return bearers;
  ASSIGN_OR_RETURN(std::vector<v1::Enterprise> candidates,
                   ledger.ReadByKeyPrefix<v1::Enterprise>(deadline, NameKey(enterprise_name), kNameHoldersMax));
  for (v1::Enterprise& candidate : candidates) {
    if (Bears(candidate, enterprise_name)) bearers.push_back(std::move(candidate));
  }
  return bearers;
}

// The enterprises meant by codes, each read once.
absl::StatusOr<std::map<std::string, v1::Enterprise>> ReadByCode(ledger::Register& ledger, absl::Time deadline,
                                                                 const v1::ResolveEnterprisesRequest& request) {
  std::map<std::string, v1::Enterprise> by_name;
  for (const v1::EnterpriseReference& reference : request.references()) {
    const absl::StatusOr<CreditCode> code = CreditCode::Parse(reference.credit_code());
    if (!code.ok() || by_name.contains(EnterpriseNameOf(code->text()))) continue;
    absl::StatusOr<v1::Enterprise> found = ledger.Read<v1::Enterprise>(deadline, EnterpriseNameOf(code->text()));
    if (absl::IsNotFound(found.status())) continue;
    RETURN_IF_ERROR(found.status());
    if (found->has_delete_time()) continue;
    std::string name = found->name();
    by_name.emplace(std::move(name), *std::move(found));
  }
  return by_name;
}

}  // namespace

absl::StatusOr<v1::SearchEnterprisesResponse> SearchEnterprises(EnterpriseDependencies& dependencies,
                                                                const rpc::Call& call,
                                                                const v1::SearchEnterprisesRequest& request) {
  const std::vector<std::string> words = WordsOf(request.query());
  if (absl::c_none_of(words, HasLetterOrDigit)) return QueryEmpty();
  const int page_size = request.page_size() == 0 ? kSearchPageDefault : std::min(request.page_size(), kSearchPageMax);
  const size_t page = static_cast<size_t>(page_size);
  // A page and one more are enough if all have the other words, as they have when there are none.
  int candidates = page_size + 1;
  ASSIGN_OR_RETURN(Found found, FindAmong(dependencies.ledger, call.deadline, words, candidates));
  while (found.more_candidates && found.enterprises.size() <= page && candidates < kSearchCandidatesMax) {
    candidates = std::min(candidates * kSearchCandidatesFactor, kSearchCandidatesMax);
    ASSIGN_OR_RETURN(found, FindAmong(dependencies.ledger, call.deadline, words, candidates));
  }
  v1::SearchEnterprisesResponse response;
  response.set_truncated(found.more_candidates || found.enterprises.size() > page);
  if (found.enterprises.size() > page) found.enterprises.resize(page);
  for (v1::Enterprise& enterprise : found.enterprises) *response.add_enterprises() = std::move(enterprise);
  return response;
}

absl::StatusOr<v1::ResolveEnterprisesResponse> ResolveEnterprises(EnterpriseDependencies& dependencies,
                                                                  const rpc::Call& call,
                                                                  const v1::ResolveEnterprisesRequest& request) {
  ASSIGN_OR_RETURN(const auto by_code, ReadByCode(dependencies.ledger, call.deadline, request));
  v1::ResolveEnterprisesResponse response;
  for (const v1::EnterpriseReference& reference : request.references()) {
    v1::ResolvedEnterprise& result = *response.add_results();
    if (const std::string code = NormaliseCode(reference.credit_code()); !code.empty()) {
      const auto found = by_code.find(EnterpriseNameOf(code));
      if (found == by_code.end()) continue;
      result.set_match_count(1);
      *result.mutable_enterprise() = found->second;
      continue;
    }
    ASSIGN_OR_RETURN(std::vector<v1::Enterprise> bearers,
                     BearersOf(dependencies.ledger, call.deadline, reference.enterprise_name()));
    result.set_match_count(static_cast<int32_t>(bearers.size()));
    if (bearers.size() == 1) *result.mutable_enterprise() = std::move(bearers.front());
  }
  return response;
}

}  // namespace kechuang::enterprise
