#ifndef KECHUANG_SERVICES_GATEWAY_OPENAPI_SCHEMA_H_
#define KECHUANG_SERVICES_GATEWAY_OPENAPI_SCHEMA_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"

#include "nlohmann/json.hpp"

namespace kechuang::gateway {

bool Behaves(const google::protobuf::FieldDescriptor& field, google::api::FieldBehavior wanted);

// The name of a message or an enum below components/schemas: "loan.Loan" for kechuang.loan.v1.Loan.
std::string SchemaName(const std::string& full_name);

// Where a field's value stands.
enum class Place {
  kBody,       // JSON
  kParameter,  // text: dates are "2022-03-05" there
};

// Makes the schemas of messages and enums, as common/api/json.h reads and writes them, and keeps each once.
class SchemaBook {
 public:
  // Knows the resources of the services' files and of all that these import.
  explicit SchemaBook(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

  // A reference to the schema of a message, which the book makes if it has none yet, with all that it leads to.
  nlohmann::ordered_json Reference(const google::protobuf::Descriptor& type);
  // The same for a body that leaves these fields out, because the path says them.
  nlohmann::ordered_json BodyReference(const google::protobuf::Descriptor& type, const std::set<std::string>& left_out);
  // The same for a body that states only what changes.
  nlohmann::ordered_json ChangesReference(const google::protobuf::Descriptor& type);

  // The schema of one value of a field, with its limits.
  nlohmann::ordered_json ValueSchema(const google::protobuf::FieldDescriptor& field, Place place);
  // The schema of a field: its value or list of values.
  nlohmann::ordered_json FieldSchema(const google::protobuf::FieldDescriptor& field, Place place);

  // The patterns that names in this field have ("contracts/{contract}"); none if it holds no resource name.
  std::vector<std::string> PatternsOf(const google::protobuf::FieldDescriptor& field) const;

  // Adds a schema that is no message's.
  void Add(const std::string& name, nlohmann::ordered_json schema) { schemas_[name] = std::move(schema); }
  // Every schema so far, by name.
  nlohmann::ordered_json Schemas() const { return nlohmann::ordered_json(schemas_); }

 private:
  // Which fields of a message an object shows, and which it must have.
  struct Shape {
    std::set<std::string> left_out = {};
    bool required = true;
  };

  void NoteResources(const google::protobuf::FileDescriptor& file);
  nlohmann::ordered_json ReferenceAs(const std::string& name, const google::protobuf::Descriptor& type,
                                     const Shape& shape);
  nlohmann::ordered_json ObjectSchema(const google::protobuf::Descriptor& type, const Shape& shape);
  nlohmann::ordered_json PropertySchema(const google::protobuf::FieldDescriptor& field);
  nlohmann::ordered_json EnumReference(const google::protobuf::EnumDescriptor& type);
  nlohmann::ordered_json TextSchema(const google::protobuf::FieldDescriptor& field) const;
  nlohmann::ordered_json MessageSchema(const google::protobuf::FieldDescriptor& field, Place place);

  std::map<std::string, nlohmann::ordered_json> schemas_;
  std::map<std::string, std::vector<std::string>> patterns_;  // by resource type
  std::set<const google::protobuf::FileDescriptor*> seen_;
};

}  // namespace kechuang::gateway

#endif  // KECHUANG_SERVICES_GATEWAY_OPENAPI_SCHEMA_H_
