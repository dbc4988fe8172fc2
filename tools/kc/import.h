#ifndef KECHUANG_TOOLS_KC_IMPORT_H_
#define KECHUANG_TOOLS_KC_IMPORT_H_

#include <memory>
#include <ostream>
#include <string>

#include "grpcpp/channel.h"

namespace kechuang::kc {

// What kc import was asked to do.
struct ImportOptions {
  std::string kind;             // enterprises, certifications, pools, banks, loans or contracts
  std::string file;             // .xlsx or .csv
  bool partial = false;         // write the good rows although others are rejected
  bool dry_run = false;         // every row's live verdict, nothing written
  bool create_missing = false;  // loans: make banks that are named and unknown, and the pool of the next option
  std::string pool;             // loans: "pools/ID" for rows that name no pool
  std::string division;         // enterprises: 6 digits for rows that name no district; empty for none
  bool terminal = false;        // err is a terminal: draw a bar instead of lines
};

// Languages that a person may read.
enum class Language { kEnglish, kChinese };

// Exit codes of kc.
inline constexpr int kImportDone = 0;
inline constexpr int kImportRejected = 1;
inline constexpr int kImportUsage = 2;
inline constexpr int kImportFailed = 3;

// Takes a file into its register through the gateway. All or nothing by default: every row is first judged by the
// register without a trace, and only a file without any problem is written. The same file with the same options again
// changes nothing, also after an import that was cut short. authorization is the whole header: "Bearer KEY". The result
// goes to out; problems, warnings and progress go to err. Gives an exit code.
int RunImport(const ImportOptions& options, const std::shared_ptr<grpc::Channel>& channel,
              const std::string& authorization, Language language, std::ostream& out, std::ostream& err);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_H_
