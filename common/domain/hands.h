#ifndef KECHUANG_COMMON_DOMAIN_HANDS_H_
#define KECHUANG_COMMON_DOMAIN_HANDS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"

// Four eyes: nobody decides on what they made themselves, whatever roles they hold. A record of such a kind keeps its
// makers and its checkers. People are meant, "users/zhang": a key of a system stands for nobody.
namespace kechuang {

// What a step is to those who take it.
enum class Hand {
  kNobodys,   // anybody may take it, and it makes nobody anything
  kMaking,    // entering, changing, filing: whoever does it is a maker
  kChecking,  // examining, sending back: no maker may; whoever does it is a checker
  kDeciding,  // approving: neither a maker nor a checker may; whoever does it is a checker
  kPaying,    // acting on what was approved: neither a maker nor a checker may
};

using People = google::protobuf::RepeatedPtrField<std::string>;

// SAME_PERSON (kFailedPrecondition) if the actor of a step had another hand in the record before.
absl::Status CheckHand(Hand hand, absl::string_view actor, absl::string_view name, const People& makers,
                       const People& checkers);

// Notes who took a step.
void NoteHand(Hand hand, absl::string_view actor, People& makers, People& checkers);

// Takes a step of a record that keeps its makers and checkers: looks who takes it, lets the rule say what comes out,
// and notes who took it.
template <class Record, class Rule>
auto ByHand(Hand hand, absl::string_view actor, const Record& held, Rule rule) -> decltype(rule()) {
  const absl::Status other = CheckHand(hand, actor, held.name(), held.makers(), held.checkers());
  if (!other.ok()) return other;
  auto next = rule();
  if (next.ok()) NoteHand(hand, actor, *next->mutable_makers(), *next->mutable_checkers());
  return next;
}

}  // namespace kechuang

#endif  // KECHUANG_COMMON_DOMAIN_HANDS_H_
