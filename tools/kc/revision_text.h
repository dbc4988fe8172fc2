#ifndef KECHUANG_TOOLS_KC_REVISION_TEXT_H_
#define KECHUANG_TOOLS_KC_REVISION_TEXT_H_

#include <string>
#include <vector>

#include "kechuang/ledger/v1/journal.pb.h"
#include "tools/kc/language.h"

namespace kechuang::kc {

// A change as a person reads it: a line with when, who and by which call, and a line for each field, before and after.
std::string RevisionText(const ledger::v1::Revision& revision, Language language);

// A change as lines of CSV: the head, and the cells for one of its fields.
const std::vector<std::string>& RevisionColumns();
std::vector<std::string> RevisionCells(const ledger::v1::Revision& revision, const ledger::v1::FieldChange& change);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_REVISION_TEXT_H_
