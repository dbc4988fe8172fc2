#include "common/domain/hands.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/base/error.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang {
namespace {

bool IsPerson(absl::string_view actor) { return absl::StartsWith(actor, "users/"); }

bool Has(const People& people, absl::string_view actor) {
  return std::find(people.begin(), people.end(), actor) != people.end();
}

void Add(absl::string_view actor, People& people) {
  if (!Has(people, actor)) *people.Add() = std::string(actor);
}

}  // namespace

absl::Status CheckHand(Hand hand, absl::string_view actor, absl::string_view name, const People& makers,
                       const People& checkers) {
  if (hand == Hand::kNobodys || hand == Hand::kMaking || !IsPerson(actor)) return absl::OkStatus();
  const bool made = Has(makers, actor);
  const bool checked = hand != Hand::kChecking && Has(checkers, actor);
  if (!made && !checked) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, api::v1::SAME_PERSON)
      .About(name)
      .With("person", actor)
      .Says(absl::StrCat(actor, made ? " entered or filed " : " examined ", name,
                         " before; somebody else must take this step"),
            absl::StrCat(actor, made ? " 是 " : " 已审核过 ", name, made ? " 的经办人" : "",
                         "，该步骤须由他人办理（经办与审批分离）"));
}

void NoteHand(Hand hand, absl::string_view actor, People& makers, People& checkers) {
  if (!IsPerson(actor)) return;
  if (hand == Hand::kMaking) Add(actor, makers);
  if (hand == Hand::kChecking || hand == Hand::kDeciding) Add(actor, checkers);
}

}  // namespace kechuang
