#ifndef KECHUANG_COMMON_BASE_STATUS_MACROS_H_
#define KECHUANG_COMMON_BASE_STATUS_MACROS_H_

// RETURN_IF_ERROR(expression): leaves the function with the status of expression unless it is OK.
// ASSIGN_OR_RETURN(declaration, expression): the value of a StatusOr, or leaves the function with its status.

#define KECHUANG_STATUS_CONCAT_INNER(a, b) a##b
#define KECHUANG_STATUS_CONCAT(a, b) KECHUANG_STATUS_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expression)                                    \
  do {                                                                 \
    if (auto kechuang_status = (expression); !kechuang_status.ok()) {  \
      return kechuang_status;                                          \
    }                                                                  \
  } while (false)

#define KECHUANG_ASSIGN_OR_RETURN(result, declaration, expression) \
  auto result = (expression);                                      \
  if (!result.ok()) return std::move(result).status();             \
  declaration = std::move(result).value()

#define ASSIGN_OR_RETURN(declaration, expression) \
  KECHUANG_ASSIGN_OR_RETURN(KECHUANG_STATUS_CONCAT(kechuang_result_, __LINE__), declaration, expression)

#endif  // KECHUANG_COMMON_BASE_STATUS_MACROS_H_
