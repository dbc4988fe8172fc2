#ifndef KECHUANG_TOOLS_KC_IMPORT_H_
#define KECHUANG_TOOLS_KC_IMPORT_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "grpcpp/channel.h"

namespace kechuang::kc {

// What kc import was asked to do.
struct ImportOptions {
  std::string kind;               // enterprises, certifications, pools, banks, loans or contracts
  std::string file;               // .xlsx or .csv
  bool partial = false;           // write the good rows although others are rejected
  bool dry_run = false;           // every row's live verdict, nothing written
  bool create_missing = false;    // loans: make banks that are named and unknown, and the pool of the next option
  std::string pool;               // loans: "pools/ID" for rows that name no pool
  std::string division;           // enterprises: 6 digits for rows that name no district; empty for none
  bool overwrite = false;         // change records that somebody changed since an import last set them
  bool verbose = false;           // tell of each row what it does
  bool json = false;              // out gets one JSON object, and err what went wrong with the command itself
  std::string rejects;            // .xlsx to write refused rows into, to be mended; empty for none
  std::string report;             // .json or .csv to write what each row does; empty for none
  std::vector<std::string> maps;  // "表头=key", which column a header is, before what is guessed
  bool forget_map = false;        // what was remembered of such files
  std::string maps_file;          // where maps are remembered; empty for nowhere
  bool terminal = false;          // err is a terminal: draw a bar instead of lines
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
// changes nothing, and after an import that was cut short it goes on. authorization is the whole header: "Bearer KEY".
// The result goes to out; problems, warnings and progress go to err. Gives an exit code. Memory does not grow with the
// file. Threads may run several at once, each with streams of its own.
int RunImport(const ImportOptions& options, const std::shared_ptr<grpc::Channel>& channel,
              const std::string& authorization, Language language, std::ostream& out, std::ostream& err);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_IMPORT_H_
