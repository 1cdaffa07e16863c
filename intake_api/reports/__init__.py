"""Annual report (年度报告), monthly bulletin (月度通报) and supervision (督办): counted from the cases, never kept."""
