#include "tools/kc/method_form.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

#include "common/api/comments.h"
#include "tools/kc/catalogue.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr size_t kDepthMax = 4;
// Flags of every command; a field of the same name is asked for by its whole path.
const std::set<std::string>& TakenFlags() {
  static const auto& taken = *new std::set<std::string>{
      "server",  "ca-file", "key-file", "cert-file", "cert-key-file", "lang",     "language",  "help",
      "version", "output",  "timeout",  "columns",   "color",         "no-pager", "from-file", "register"};
  return taken;
}

bool Behaves(const FieldDescriptor& field, google::api::FieldBehavior wanted) {
  for (int i = 0; i < field.options().ExtensionSize(google::api::field_behavior); ++i) {
    if (field.options().GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

bool IsMask(const FieldDescriptor& field) { return field.message_type() == google::protobuf::FieldMask::descriptor(); }

// A message that is one value: a day, a time, a mask; or one of another project, which only JSON can give.
bool IsOneValue(const FieldDescriptor& field) {
  return field.message_type() == nullptr || !absl::StartsWith(field.message_type()->full_name(), "kechuang.");
}

// The names that the URL of a method binds: "name", "contract.name", "year".
std::vector<std::string> BoundNames(const MethodDescriptor& method) {
  const auto& rule = method.options().GetExtension(google::api::http);
  const std::string url = absl::StrCat(rule.get(), rule.post(), rule.patch(), rule.put(), rule.delete_());
  std::vector<std::string> names;
  for (size_t open = url.find('{'); open != std::string::npos; open = url.find('{', open + 1)) {
    names.push_back(url.substr(open + 1, url.find_first_of("=}", open) - open - 1));
  }
  return names;
}

bool PathOfName(const Descriptor& request, const std::string& name, FieldPath& path) {
  const Descriptor* type = &request;
  for (const absl::string_view step : absl::StrSplit(name, '.')) {
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(std::string(step));
    if (field == nullptr) return false;
    path.steps.push_back(field);
    type = field->message_type();
  }
  return true;
}

// The record that the request carries: a field whose message is a resource, else the one that the body is.
const FieldDescriptor* BodyOf(const MethodDescriptor& method) {
  const Descriptor& request = *method.input_type();
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor* field = request.field(i);
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    if (field->message_type()->options().HasExtension(google::api::resource)) return field;
  }
  const FieldDescriptor* named = request.FindFieldByName(method.options().GetExtension(google::api::http).body());
  return named != nullptr && named->message_type() != nullptr && !named->is_repeated() ? named : nullptr;
}

void AddLeaves(const Descriptor& type, const FieldPath& above, std::vector<FieldPath>& leaves) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsOutputOnly(field) || Behaves(field, google::api::IDENTIFIER)) continue;
    FieldPath path = above;
    path.steps.push_back(&field);
    if (field.is_repeated() || IsOneValue(field)) {
      leaves.push_back(std::move(path));
    } else if (path.steps.size() < kDepthMax) {
      AddLeaves(*field.message_type(), path, leaves);
    }
  }
}

// The last steps of a path as a flag: "party-name", "seller.party-name".
std::string Tail(const FieldPath& path, size_t steps) {
  std::vector<std::string> names;
  for (size_t i = path.steps.size() - std::min(steps, path.steps.size()); i < path.steps.size(); ++i) {
    names.push_back(absl::StrReplaceAll(path.steps[i]->name(), {{"_", "-"}}));
  }
  return absl::StrJoin(names, ".");
}

// Gives each leaf the shortest tail that no other leaf has; a field of the request itself goes first.
std::vector<std::string> NamesOf(const std::vector<FieldPath>& leaves) {
  std::vector<std::string> names(leaves.size());
  std::set<std::string> taken = TakenFlags();
  for (size_t i = 0; i < leaves.size(); ++i) {
    const std::string name = Tail(leaves[i], 1);
    if (leaves[i].steps.size() == 1 && !taken.contains(name)) taken.insert(names[i] = name);
  }
  for (size_t length = 1; length <= kDepthMax; ++length) {
    std::map<std::string, int> counts;
    for (const FieldPath& leaf : leaves) ++counts[Tail(leaf, length)];
    for (size_t i = 0; i < leaves.size(); ++i) {
      if (!names[i].empty()) continue;
      const std::string name = Tail(leaves[i], length);
      if ((counts[name] == 1 || length >= leaves[i].steps.size()) && !taken.contains(name)) {
        taken.insert(names[i] = name);
      }
    }
  }
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (names[i].empty()) names[i] = absl::StrCat("request.", Tail(leaves[i], kDepthMax));
  }
  return names;
}

bool HasUnit(const FieldDescriptor& field, absl::string_view unit) {
  return absl::EndsWith(field.name(), unit) && !field.is_repeated() && field.enum_type() == nullptr &&
         field.cpp_type() != FieldDescriptor::CPPTYPE_STRING && field.message_type() == nullptr;
}

FormField FieldOf(const FieldPath& path, const std::string& name, const MethodForm& form) {
  FormField field;
  field.path = path;
  field.flag = name;
  for (const char* unit : {"_fen", "_ppm"}) {
    if (!HasUnit(path.leaf(), unit)) continue;
    field.exact_flag = name;
    field.flag = std::string(absl::StripSuffix(name, absl::StrReplaceAll(unit, {{"_", "-"}})));
  }
  const size_t within = path.steps.size() - (path.steps.front() == form.body ? 1 : 0);
  const std::string whole = Tail(path, within);
  const std::string end = whole.substr(0, whole.size() - (name.size() - field.flag.size()));
  if (within > 1 && end != field.flag) field.long_flag = end;
  // In a record that is changed, only what the request itself requires must be given.
  field.required = IsRequired(path.leaf());
  for (const FieldDescriptor* step : path.steps) {
    if (!IsRequired(*step) || (form.mask != nullptr && path.steps.size() > 1)) field.required = false;
  }
  if (form.mask != nullptr && path.steps.front() == form.body) {
    field.mask_path = path.Name().substr(form.body->name().size() + 1);
  }
  if (form.mask == &path.leaf()) field.required = false;
  return field;
}

// What stands by its place: what the URL binds; else the one text, or list of texts, that the request requires.
std::vector<FieldPath> PlacesOf(const MethodDescriptor& method) {
  const Descriptor& request = *method.input_type();
  std::vector<FieldPath> places;
  for (const std::string& name : BoundNames(method)) {
    if (FieldPath path; PathOfName(request, name, path)) places.push_back(path);
  }
  if (!places.empty() || method.client_streaming()) return places;
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor* field = request.field(i);
    const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    if (text && IsRequired(*field)) places.push_back({{field}});
  }
  return places.size() == 1 ? places : std::vector<FieldPath>();
}

bool Holds(const std::vector<FieldPath>& paths, const FieldPath& path) {
  return std::any_of(paths.begin(), paths.end(), [&](const FieldPath& other) { return other.steps == path.steps; });
}

MethodForm FormOf(const MethodGroup& group) {
  MethodForm form;
  form.words = group.words;
  form.methods = group.methods;
  form.body = BodyOf(form.method());
  for (int i = 0; i < form.request().field_count(); ++i) {
    if (IsMask(*form.request().field(i)) && form.body != nullptr) form.mask = form.request().field(i);
  }
  const std::vector<FieldPath> places = PlacesOf(form.method());
  for (const FieldPath& path : places) {
    // A list without a parent goes across all of them.
    const bool may_be_left_out = path.leaf().name() == "parent" && absl::StartsWith(form.method().name(), "List");
    FormField place;
    place.path = path;
    place.flag = Tail(path, 1);
    place.required = !may_be_left_out;
    form.places.push_back(std::move(place));
  }
  if (form.takes_lines()) return form;
  std::vector<FieldPath> leaves;
  AddLeaves(form.request(), {}, leaves);
  leaves.erase(std::remove_if(leaves.begin(), leaves.end(), [&](const FieldPath& leaf) { return Holds(places, leaf); }),
               leaves.end());
  const std::vector<std::string> names = NamesOf(leaves);
  for (size_t i = 0; i < leaves.size(); ++i) form.fields.push_back(FieldOf(leaves[i], names[i], form));
  std::stable_partition(form.fields.begin(), form.fields.end(), [](const FormField& field) { return field.required; });
  return form;
}

std::string ValueName(const FieldDescriptor& field) {
  if (IsMask(field)) return "FIELDS";
  if (field.message_type() == google::type::Date::descriptor()) return "2022-03-05";
  if (field.message_type() == google::protobuf::Timestamp::descriptor()) return "TIME";
  if (field.message_type() != nullptr) return field.is_repeated() ? "FIELD=VALUE,..." : "JSON";
  if (HasUnit(field, "_fen")) return "300000.00元";
  if (HasUnit(field, "_ppm")) return "3.65%";
  if (field.enum_type() != nullptr) return absl::AsciiStrToUpper(absl::StrReplaceAll(field.name(), {{"_", "-"}}));
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "TEXT" : "N";
}

Words CommentOf(const FieldDescriptor& field) {
  const std::string text(api::FirstSentence(api::CommentOf(field)));
  return {text, text};
}

// The resource that a name is of: the record itself, or what the field refers to. Null if the field says neither.
const Descriptor* ResourceNamedBy(const FieldDescriptor& field) {
  const Descriptor* holder = field.containing_type();
  if (holder->options().HasExtension(google::api::resource) && field.name() == "name") return holder;
  const std::string& type = field.options().GetExtension(google::api::resource_reference).type();
  return type.empty() ? nullptr : ResourceOfType(type);
}

std::string KindNamedBy(const FieldDescriptor& field) {
  const Descriptor* resource = ResourceNamedBy(field);
  return resource == nullptr ? "" : KebabCase(resource->options().GetExtension(google::api::resource).plural());
}

// The same flag under another name, which the help leaves out.
FlagSpec Alias(FlagSpec flag, const std::string& name) {
  flag.name = name;
  flag.required = false;
  flag.hidden = true;
  return flag;
}

void AddFlags(const MethodForm& form, CommandSpec& command) {
  for (const FormField& field : form.fields) {
    FlagSpec flag = FlagOf(field);
    std::vector<FlagSpec> others;
    if (!field.long_flag.empty()) others.push_back(Alias(flag, field.long_flag));
    if (!field.exact_flag.empty()) {
      others.push_back(Alias(flag, field.exact_flag));
      others.back().value = "N";
      absl::StrAppend(&flag.help.english, " --", field.exact_flag, " takes the stored number.");
      absl::StrAppend(&flag.help.chinese, " --", field.exact_flag, " 接受存储的整数值。");
    }
    command.own_flags.push_back(std::move(flag));
    for (FlagSpec& other : others) command.own_flags.push_back(std::move(other));
  }
  // What has a place may be said by its name as well.
  for (const FormField& place : form.places) {
    const auto is_taken = [&](const FlagSpec& flag) { return flag.name == place.flag; };
    if (TakenFlags().contains(place.flag) || absl::c_any_of(command.own_flags, is_taken)) continue;
    command.own_flags.push_back(Alias(FlagOf(place), place.flag));
  }
}

void AddPlaces(const MethodForm& form, CommandSpec& command) {
  std::vector<std::string> words;
  for (const FormField& place : form.places) {
    const bool several = place.path.leaf().is_repeated();
    const std::string word =
        absl::StrCat(absl::AsciiStrToUpper(absl::StrReplaceAll(place.flag, {{"-", "_"}})), several ? "..." : "");
    words.push_back(place.required ? word : absl::StrCat("[", word, "]"));
    command.arguments_max = several ? 100'000 : command.arguments_max + 1;
    const Descriptor* resource = ResourceNamedBy(place.path.leaf());
    command.collections.push_back(resource == nullptr ? "" : CollectionOf(*resource));
    const std::string kind = KindNamedBy(place.path.leaf());
    command.places.push_back(kind.empty() ? "" : absl::StrCat("kind:", kind));
  }
  command.arguments = absl::StrJoin(words, " ");
}

std::vector<MethodForm> MakeForms() {
  std::vector<MethodForm> forms;
  for (const MethodGroup& group : GroupMethods(Services())) forms.push_back(FormOf(group));
  return forms;
}

}  // namespace

bool IsRequired(const FieldDescriptor& field) { return Behaves(field, google::api::REQUIRED); }
bool IsOutputOnly(const FieldDescriptor& field) { return Behaves(field, google::api::OUTPUT_ONLY); }

std::string ShortName(const EnumValueDescriptor& value) {
  const std::string prefix =
      absl::StrCat(absl::AsciiStrToUpper(absl::StrReplaceAll(KebabCase(value.type()->name()), {{"-", "_"}})), "_");
  return std::string(absl::StripPrefix(value.name(), prefix));
}

const std::vector<MethodForm>& MethodForms() {
  static const auto& forms = *new std::vector<MethodForm>(MakeForms());
  return forms;
}

FlagSpec FlagOf(const FormField& field) {
  const FieldDescriptor& leaf = field.path.leaf();
  FlagSpec flag;
  flag.name = field.flag;
  flag.required = field.required;
  flag.repeated = leaf.is_repeated();
  flag.help = CommentOf(leaf);
  flag.truth = leaf.cpp_type() == FieldDescriptor::CPPTYPE_BOOL && !leaf.is_repeated();
  flag.value = flag.truth ? "" : ValueName(leaf);
  flag.kind = KindNamedBy(leaf);
  for (int i = 0; leaf.enum_type() != nullptr && i < leaf.enum_type()->value_count(); ++i) {
    const EnumValueDescriptor& value = *leaf.enum_type()->value(i);
    if (value.number() != 0) flag.choices.push_back(ShortName(value));
  }
  return flag;
}

CommandSpec CommandOf(const MethodForm& form) {
  CommandSpec command;
  command.words = absl::StrCat(form.words.noun, " ", form.words.verb);
  command.group = CommandGroup::kRecords;
  command.form = &form;
  command.methods = form.methods;
  command.flags = {"output", "columns", "timeout", "from-file"};
  AddPlaces(form, command);
  AddFlags(form, command);
  if (form.methods.size() > 1) {
    FlagSpec which{
        "register", "REGISTER", {"Which register's; a record's name says it, too.", "哪个登记簿；记录名也能说明。"}};
    for (const MethodDescriptor* method : form.methods) which.choices.push_back(AreaOf(*method->service()));
    command.own_flags.push_back(std::move(which));
  }
  const std::string comment(api::CommentOf(form.method()));
  const std::string first(api::FirstSentence(comment));
  command.help = {first, first};
  const std::string rest(
      absl::StripAsciiWhitespace(absl::string_view(comment).substr(std::min(first.size(), comment.size()))));
  command.detail = {rest, rest};
  if (form.takes_lines()) {
    absl::StrAppend(&command.detail.english,
                    "\nReads requests from --from-file, one JSON object a line; - is standard input.");
    absl::StrAppend(&command.detail.chinese, "\n从 --from-file 逐行读取 JSON 请求；- 为标准输入。");
  }
  command.unhurried = form.takes_lines() || form.method().server_streaming();
  command.paged = absl::StartsWith(form.method().name(), "Get");
  return command;
}

}  // namespace kechuang::kc
