#ifndef KECHUANG_TOOLS_KC_EXPORT_ROWS_H_
#define KECHUANG_TOOLS_KC_EXPORT_ROWS_H_

#include <map>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include "kechuang/contract/v1/contract_service.pb.h"
#include "kechuang/enterprise/v1/enterprise_service.pb.h"
#include "kechuang/loan/v1/loan_service.pb.h"
#include "tools/book/book_writer.h"
#include "tools/kc/export_columns.h"
#include "tools/kc/mapping.h"

namespace kechuang::kc {

// Turns rows, as the importer sends them, into the cells from which the importer would make the same rows.
class RowCells {
 public:
  explicit RowCells(ImportKind kind);

  const std::vector<TableColumnSpec>& columns() const { return columns_; }
  // One value for each column; nothing for what is not set. Numbers are exact decimals in text, which is what
  // WorkbookValueOf and CsvTextOf take. The row is of the kind's message.
  std::vector<book::Value> ValuesOf(const google::protobuf::Message& row) const;

 private:
  using Path = std::vector<const google::protobuf::FieldDescriptor*>;

  const std::vector<TableColumnSpec>& columns_;
  std::vector<Path> paths_;
};

// Names of banks and pools by their resource names.
using RecordNames = std::map<std::string, std::string, std::less<>>;

// The row from which an importer makes a record again. What no spreadsheet carries is left out.
enterprise::v1::Enterprise EnterpriseRowOf(enterprise::v1::Enterprise enterprise);
enterprise::v1::ImportCertificationRow CertificationRowOf(const enterprise::v1::Certification& certification);
loan::v1::ImportBank BankRowOf(const loan::v1::Bank& bank);
// A pool alone, and a pool with one contribution.
loan::v1::ImportPool PoolRowOf(const loan::v1::Pool& pool);
loan::v1::ImportPool PoolRowOf(const loan::v1::Pool& pool, const loan::v1::Posting& contribution);
// reversed is the disbursement of a loan all of whose pay-outs were undone; null for others.
loan::v1::ImportLoan LoanRowOf(const loan::v1::Loan& loan, const RecordNames& names,
                               const loan::v1::Disbursement* reversed);

// Whether an importer takes such a record: it takes no loans or contracts that are still being decided.
bool Travels(const loan::v1::Loan& loan);
bool Travels(const contract::v1::Contract& contract);

// A value as a workbook holds it: numbers as numbers where a cell holds them exactly. A text that an importer would
// take for a formula, or take an apostrophe off, gets an apostrophe.
book::Value WorkbookValueOf(const book::Value& value, CellForm form);
// The text of a value in a CSV file. Long numbers of documents get an apostrophe, or a spreadsheet program would round
// them.
std::string CsvTextOf(const book::Value& value, CellForm form);

}  // namespace kechuang::kc

#endif  // KECHUANG_TOOLS_KC_EXPORT_ROWS_H_
