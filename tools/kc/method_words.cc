#include "tools/kc/method_words.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"

#include "tools/kc/catalogue.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using Parts = std::vector<std::string>;

// {"Annual", "Statement"} of "AnnualStatement" and of "annualStatement".
Parts PartsOf(absl::string_view pascal) {
  Parts parts;
  for (const char c : pascal) {
    if (parts.empty() || absl::ascii_isupper(c)) parts.emplace_back();
    parts.back() += parts.back().empty() ? absl::ascii_toupper(c) : c;
  }
  return parts;
}

std::string Kebab(const Parts& parts) { return absl::AsciiStrToLower(absl::StrJoin(parts, "-")); }

const google::api::ResourceDescriptor& ResourceOf(const Descriptor& type) {
  return type.options().GetExtension(google::api::resource);
}
bool IsResource(const Descriptor* type) {
  return type != nullptr && type->options().HasExtension(google::api::resource);
}

std::string PluralOf(const Descriptor& type) {
  const std::string& plural = ResourceOf(type).plural();
  return plural.empty() ? absl::StrCat(type.name(), "s") : plural;
}

// A run of words within a method's name.
struct Match {
  const Descriptor* type = nullptr;
  size_t begin = 0;
  size_t length = 0;
};

// The resource that a method's name speaks of: the longest one, the last of equal ones (BankApproveLoan is about
// loans).
Match FindResource(const Parts& name, const std::vector<const Descriptor*>& resources) {
  Match best;
  for (const Descriptor* type : resources) {
    for (const Parts& form : {PartsOf(type->name()), PartsOf(PluralOf(*type))}) {
      for (size_t begin = 0; begin + form.size() <= name.size(); ++begin) {
        if (!std::equal(form.begin(), form.end(), name.begin() + static_cast<std::ptrdiff_t>(begin))) continue;
        const bool better = form.size() > best.length || (form.size() == best.length && begin >= best.begin);
        if (better) best = {type, begin, form.size()};
      }
    }
  }
  return best;
}

// The resource that the first required name in the request is of.
const Descriptor* ReferredResource(const MethodDescriptor& method, const std::vector<const Descriptor*>& resources) {
  for (int i = 0; i < method.input_type()->field_count(); ++i) {
    const FieldDescriptor& field = *method.input_type()->field(i);
    const std::string& type = field.options().GetExtension(google::api::resource_reference).type();
    if (type.empty()) continue;
    for (const Descriptor* resource : resources) {
      if (ResourceOf(*resource).type() == type) return resource;
    }
  }
  return nullptr;
}

// "Journal" of ContractJournal; nothing of ContractService and ReportService.
Parts NounOfService(const ServiceDescriptor& service) {
  Parts parts = PartsOf(absl::StripSuffix(service.name(), "Service"));
  if (parts.size() > 1 && absl::AsciiStrToLower(parts.front()) == AreaOf(service)) parts.erase(parts.begin());
  return Kebab(parts) == AreaOf(service) ? Parts() : parts;
}

// Takes a run of words away, with the small words that then dangle, and the Get that says nothing.
Parts VerbOf(Parts name, size_t begin, size_t length) {
  static const auto& small = *new std::set<std::string>{"To", "From", "For", "Of", "In"};
  const auto at = name.begin() + static_cast<std::ptrdiff_t>(begin);
  name.erase(at, at + static_cast<std::ptrdiff_t>(length));
  while (!name.empty() && small.contains(name.back()) && begin == name.size()) {
    name.pop_back();
    --begin;
  }
  if (name.size() > 1 && name.front() == "Get") name.erase(name.begin());
  return name;
}

// True if one command can stand for all of these methods.
bool SameRequest(const std::vector<const MethodDescriptor*>& methods) {
  if (methods.size() == 1) return true;
  std::set<const ServiceDescriptor*> services;
  for (const MethodDescriptor* method : methods) {
    if (method->input_type() != methods.front()->input_type()) return false;
    if (method->client_streaming() || method->server_streaming() != methods.front()->server_streaming()) return false;
    if (!services.insert(method->service()).second) return false;
  }
  return true;
}

}  // namespace

std::string KebabCase(absl::string_view name) {
  std::string kebab;
  for (size_t i = 0; i < name.size(); ++i) {
    if (absl::ascii_isupper(name[i]) && i > 0) kebab += '-';
    kebab += name[i] == '_' ? '-' : absl::ascii_tolower(name[i]);
  }
  return kebab;
}

std::vector<const Descriptor*> ResourcesOf(const ServiceDescriptor& service) {
  std::vector<const Descriptor*> resources;
  const auto add = [&](const Descriptor* type) {
    if (IsResource(type) && std::find(resources.begin(), resources.end(), type) == resources.end()) {
      resources.push_back(type);
    }
  };
  for (int i = 0; i < service.method_count(); ++i) {
    for (const Descriptor* type : {service.method(i)->output_type(), service.method(i)->input_type()}) {
      add(type);
      for (int j = 0; j < type->field_count(); ++j) add(type->field(j)->message_type());
    }
  }
  return resources;
}

std::string CollectionOf(const Descriptor& resource) {
  const auto& options = ResourceOf(resource);
  if (options.pattern_size() == 0) return "";
  return options.pattern(0).substr(0, options.pattern(0).find('{'));
}

const Descriptor* ResourceOfType(absl::string_view type) {
  for (const ServiceDescriptor* service : Services()) {
    for (const Descriptor* resource : ResourcesOf(*service)) {
      if (ResourceOf(*resource).type() == type) return resource;
    }
  }
  return nullptr;
}

MethodWords WordsOf(const MethodDescriptor& method) {
  const Parts name = PartsOf(method.name());
  const std::vector<const Descriptor*> resources = ResourcesOf(*method.service());
  const Match match = FindResource(name, resources);
  if (match.type != nullptr) {
    const Parts verb = VerbOf(name, match.begin, match.length);
    return {KebabCase(PluralOf(*match.type)), Kebab(verb.empty() ? name : verb)};
  }
  const Descriptor* referred = ReferredResource(method, resources);
  if (referred != nullptr) return {KebabCase(PluralOf(*referred)), Kebab(name)};
  const Parts own = NounOfService(*method.service());
  const Parts noun = own.empty() ? PartsOf(AreaOf(*method.service())) : own;
  const auto at = std::search(name.begin(), name.end(), noun.begin(), noun.end());
  if (at == name.end()) return {Kebab(noun), Kebab(name)};
  const Parts verb = VerbOf(name, static_cast<size_t>(at - name.begin()), noun.size());
  return {Kebab(noun), Kebab(verb.empty() ? name : verb)};
}

std::vector<MethodGroup> GroupMethods(const std::vector<const ServiceDescriptor*>& services) {
  std::vector<MethodGroup> groups;
  std::map<std::string, size_t> places;
  const auto add = [&](const MethodWords& words, const MethodDescriptor* method) {
    const auto [place, fresh] = places.emplace(absl::StrCat(words.noun, " ", words.verb), groups.size());
    if (fresh) groups.push_back({words, {}});
    groups[place->second].methods.push_back(method);
  };
  std::map<std::string, std::vector<const MethodDescriptor*>> meeting;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodWords words = WordsOf(*service->method(i));
      meeting[absl::StrCat(words.noun, " ", words.verb)].push_back(service->method(i));
    }
  }
  std::set<std::string> taken;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      MethodWords words = WordsOf(*method);
      const auto& all = meeting[absl::StrCat(words.noun, " ", words.verb)];
      if (!SameRequest(all)) {
        words.noun = absl::StrCat(AreaOf(*service), "-", words.noun);
        if (!taken.insert(absl::StrCat(words.noun, " ", words.verb)).second) words.verb = KebabCase(method->name());
      }
      add(words, method);
    }
  }
  return groups;
}

}  // namespace kechuang::kc
