#include "common/ledger/kind.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"

#include "common/base/fatal.h"
#include "common/domain/resource_name.h"

namespace kechuang::ledger {
namespace {

// "NumberSeries" is "number_series".
std::string SnakeCase(absl::string_view camel) {
  std::string snake;
  for (const char c : camel) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !snake.empty()) snake.push_back('_');
    snake.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return snake;
}

}  // namespace

Kind DescribeKind(const google::protobuf::Descriptor* type) {
  Kind kind;
  kind.type = type;
  kind.table = SnakeCase(type->name());
  const google::api::ResourceDescriptor& resource = type->options().GetExtension(google::api::resource);
  kind.patterns.assign(resource.pattern().begin(), resource.pattern().end());
  return kind;
}

const Kind& KindTable::Of(const google::protobuf::Descriptor* type) const {
  for (const Kind& kind : kinds_) {
    if (kind.type == type) return kind;
  }
  Fatal(absl::StrCat("the register has no kind ", type->full_name()));
}

const Kind* KindTable::OfName(absl::string_view name) const {
  for (const Kind& kind : kinds_) {
    for (const std::string& pattern : kind.patterns) {
      if (FitsPattern(pattern, name)) return &kind;
    }
  }
  return nullptr;
}

}  // namespace kechuang::ledger
