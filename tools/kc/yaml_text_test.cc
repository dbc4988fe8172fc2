#include "tools/kc/yaml_text.h"

#include "gtest/gtest.h"

namespace kechuang::kc {
namespace {

TEST(YamlOfJson, KeepsOrderAndNesting) {
  EXPECT_EQ(
      YamlOfJson(R"({"loans":[{"name":"loans/1","tags":["a","b"],"none":[],"empty":{}},{"b":{"c":true}}],"k":2})"),
      "loans:\n"
      "- name: loans/1\n"
      "  tags:\n"
      "  - a\n"
      "  - b\n"
      "  none: []\n"
      "  empty: {}\n"
      "- b:\n"
      "    c: true\n"
      "k: 2\n");
}

TEST(YamlOfJson, QuotesWhatWouldBeSomethingElse) {
  EXPECT_EQ(
      YamlOfJson(
          R"({"a":"30","b":"no","c":"2022-03-05","d":"","e":"x: y","f":"- z","g":"宁夏（甲）公司","h":"a\nb","i":null,)"
          R"("j":"Null","k":" x","l":"a #b","m":"1e3","n":"~"})"),
      "a: \"30\"\nb: \"no\"\nc: \"2022-03-05\"\nd: \"\"\ne: \"x: y\"\nf: \"- z\"\ng: 宁夏（甲）公司\nh: \"a\\nb\"\n"
      "i: null\nj: \"Null\"\nk: \" x\"\nl: \"a #b\"\nm: \"1e3\"\n\"n\": \"~\"\n");
}

TEST(YamlOfJson, LinesBecomeDocuments) {
  EXPECT_EQ(YamlOfJson("{\"a\":1}\n{\"a\":[[1,2],[]]}\n"), "---\na: 1\n---\na:\n- - 1\n  - 2\n- []\n");
}

TEST(YamlOfJson, LeavesOtherTextAlone) { EXPECT_EQ(YamlOfJson("kc 0.1\n"), "kc 0.1\n"); }

}  // namespace
}  // namespace kechuang::kc
