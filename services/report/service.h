#ifndef KECHUANG_SERVICES_REPORT_SERVICE_H_
#define KECHUANG_SERVICES_REPORT_SERVICE_H_

#include <string>

#include "common/rpc/channels.h"
#include "common/rpc/service.h"

namespace kechuang::report {

// What the handlers stand on.
struct ReportDependencies {
  rpc::Channels& channels;    // to enterprise, contract and loan
  std::string division_code;  // the bureau's own district: that of a report which names none
};

// The methods of kechuang.report.v1.ReportService. dependencies outlive them; threads may share them.
rpc::Service<ReportDependencies> MakeReportService(ReportDependencies& dependencies);

}  // namespace kechuang::report

#endif  // KECHUANG_SERVICES_REPORT_SERVICE_H_
