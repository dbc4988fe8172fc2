#include "common/domain/credit_code_suggestions.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/credit_code.h"
#include "common/domain/division.h"

namespace kechuang {
namespace {

constexpr size_t kLength = 18;
constexpr size_t kFirstPart = 8;
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// What kind of slip leads from a suggestion to the text; the likelier first.
enum class Slip { kLookAlike, kSwap, kOther };

struct Suggestion {
  std::string code;
  Slip slip = Slip::kOther;
  bool known_division = false;
};

bool NamesKnownDivision(absl::string_view code) { return FindDivision(code.substr(2, 6)) != nullptr; }

// Letters that no code has, as the digits that they look like.
std::string WithoutLookAlikes(std::string code) {
  for (char& c : code) {
    if (c == 'O') c = '0';
    if (c == 'I') c = '1';
    if (c == 'Z') c = '2';
    if (c == 'S') c = '5';
  }
  return code;
}

class Suggestions {
 public:
  explicit Suggestions(absl::string_view wrong) : text_(NormaliseCode(wrong)), base_(WithoutLookAlikes(text_)) {}

  std::vector<Suggestion> Take() {
    const bool comparable = text_.size() + 1 >= kLength && text_.size() <= kLength + 1;
    if (!comparable || CreditCode::Parse(text_).ok()) return {};
    if (text_.size() == kLength) {
      LookAlikes();
      Swaps();
      WrongCharacters();
    } else if (text_.size() < kLength) {
      MissingCharacters();
    } else {
      DoubledCharacters();
    }
    std::stable_sort(found_.begin(), found_.end(), [](const Suggestion& a, const Suggestion& b) {
      return std::make_pair(a.slip, !a.known_division) < std::make_pair(b.slip, !b.known_division);
    });
    return std::move(found_);
  }

 private:
  void Offer(const std::string& code, Slip slip) {
    // The check characters first: they throw out all but a few of several hundred candidates cheaply.
    const absl::string_view view = code;
    if (code == text_ || MakeCreditCode(view.substr(0, kFirstPart), view.substr(kFirstPart, kFirstPart)) != code ||
        !CreditCode::Parse(code).ok()) {
      return;
    }
    for (const Suggestion& known : found_) {
      if (known.code == code) return;
    }
    found_.push_back({code, slip, NamesKnownDivision(code)});
  }

  // B and 8 stand for themselves as well as for each other, so each is tried both ways.
  void LookAlikes() {
    Offer(base_, Slip::kLookAlike);
    for (size_t first = 0; first < kLength; ++first) {
      std::string one = base_;
      if (!Flip(one[first])) continue;
      Offer(one, Slip::kLookAlike);
      for (size_t second = first + 1; second < kLength; ++second) {
        std::string two = one;
        if (Flip(two[second])) Offer(two, Slip::kLookAlike);
      }
    }
  }

  static bool Flip(char& c) {
    if (c != 'B' && c != '8') return false;
    c = c == 'B' ? '8' : 'B';
    return true;
  }

  void Swaps() {
    for (size_t at = 0; at + 1 < kLength; ++at) {
      std::string code = base_;
      std::swap(code[at], code[at + 1]);
      Offer(code, Slip::kSwap);
    }
  }

  void WrongCharacters() {
    for (size_t at = 0; at < kLength; ++at) {
      std::string code = base_;
      for (const char c : kAlphabet) {
        code[at] = c;
        Offer(code, Slip::kOther);
      }
    }
  }

  void MissingCharacters() {
    for (size_t at = 0; at < kLength; ++at) {
      std::string code = base_;
      code.insert(code.begin() + static_cast<std::ptrdiff_t>(at), '0');
      for (const char c : kAlphabet) {
        code[at] = c;
        Offer(code, Slip::kOther);
      }
    }
  }

  void DoubledCharacters() {
    for (size_t at = 0; at <= kLength; ++at) {
      std::string code = base_;
      code.erase(code.begin() + static_cast<std::ptrdiff_t>(at));
      Offer(code, Slip::kOther);
    }
  }

  const std::string text_;
  const std::string base_;
  std::vector<Suggestion> found_;
};

}  // namespace

std::vector<std::string> SuggestCreditCodes(absl::string_view wrong) {
  std::vector<std::string> codes;
  for (Suggestion& suggestion : Suggestions(wrong).Take()) {
    if (codes.size() < kCreditCodeSuggestionsMax) codes.push_back(std::move(suggestion.code));
  }
  return codes;
}

std::string LikelyCreditCode(absl::string_view wrong) {
  const std::vector<Suggestion> all = Suggestions(wrong).Take();
  if (all.empty()) return "";
  const auto count = [&](const auto& holds) { return std::count_if(all.begin(), all.end(), holds); };
  const auto near = count([](const Suggestion& each) { return each.slip != Slip::kOther; });
  if (near == 1 || all.size() == 1) return all.front().code;
  if (near > 1) return "";
  // A division that only one of them has, and that the text spoils.
  const std::string text = NormaliseCode(wrong);
  const auto known = count([](const Suggestion& each) { return each.known_division; });
  const bool typed_known = text.size() >= kFirstPart && NamesKnownDivision(text);
  return known == 1 && !typed_known ? all.front().code : "";
}

}  // namespace kechuang
